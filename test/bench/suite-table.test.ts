import { describe, expect, it } from 'vitest'
import { gapOf, suitePage } from '../../bench/suite/table.ts'
import type { SuiteRow, SuiteRun } from '../../bench/suite/table.ts'

const setup = { candidates: 100, seeds: 3, withModel: false, machine: '2 cores' }

function run(seed: number, first: number, best: number, changes: Partial<SuiteRun> = {}): SuiteRun {
  return {
    seed,
    first,
    best,
    finished: 100,
    failures: { threw: 5, 'timed-out': 15 },
    elapsedMs: 10_000,
    usd: 0,
    load: seed,
    ...changes,
  }
}

const packing: SuiteRow = {
  problem: 'packing',
  objective: { name: 'radii', direction: 'maximize' },
  trivial: { value: 2, source: 'a grid' },
  known: [
    { value: 12, source: 'a claim' },
    { value: 10, source: 'exact', tolerance: 0 },
  ],
  runs: [run(1, 1, 6), run(2, 1, 4), run(3, 1, 8)],
  broken: [],
}

const times: SuiteRow = {
  problem: 'times',
  objective: { name: 'time', direction: 'minimize' },
  trivial: { value: 1, source: 'the built-in' },
  known: [],
  runs: [run(1, 1.5, 1.5)],
  broken: [{ seed: 2, reason: 'no model is left' }],
}

const rowOf = (page: string, problem: string): string[] =>
  page
    .split('\n')
    .find((line) => line.startsWith(`| ${problem} `))!
    .split('|')
    .map((cell) => cell.trim())

describe('the page of the suite', () => {
  const page = suitePage([packing, times], setup)

  it('tells the median and the range over seeds, the gap from the better start, and rates', () => {
    expect(rowOf(page, 'packing').slice(1, -1)).toEqual([
      'packing',
      'higher',
      '1',
      '2',
      '6 (4 to 8)',
      '10',
      '50.0 % (25.0 % to 75.0 %)',
      'yes',
      '10/s',
      '30.0 s',
      '20 %',
    ])
  })

  it('leaves empty what a problem does not state', () => {
    expect(rowOf(page, 'times').slice(3, 9)).toEqual(['1.5', '1', '1.5', '', '', 'no'])
  })

  it('says with how many seeds the first program was improved, and which problems were not run', () => {
    const mixed = { ...packing, runs: [run(1, 1, 6), run(2, 1, 1)] }
    const missing = { ...times, runs: [], broken: [{ seed: 1, reason: 'there is no nvcc' }] }
    const page = suitePage([mixed, missing], setup)
    expect(rowOf(page, 'packing')[8]).toBe('with 1 of 2 seeds')
    expect(page).toContain('Not run on this machine, for the reasons at the end: times.')
  })

  it('counts how many problems improved, and the whole time', () => {
    expect(page).toContain('1 of 2 problems improved on their first program; all runs together took 40.0 s.')
  })

  it('adds failures by kind, most frequent first', () => {
    expect(page).toMatch(/\| packing +\| 300 +\| timed-out 45, threw 15 +\|/)
  })

  it('names the command, and runs that broke with their reason', () => {
    expect(page).toContain('`npm run suite -- --candidates 100 --seeds 3`')
    expect(page).toContain('- times, seed 2: no model is left')
    expect(suitePage([packing], { ...setup, withModel: true })).toContain('--seeds 3 --with-model`')
  })

  it('has a row for a problem without any run', () => {
    const broken = [{ seed: 1, reason: 'there is no command python3' }]
    const page = suitePage([{ ...packing, runs: [], broken }], setup)
    expect(rowOf(page, 'packing').slice(3, 6)).toEqual(['no run: there is no command python3', '2', ''])
  })

  it('says where the wall time cut runs off', () => {
    const cut = { ...packing, runs: [run(1, 1, 6, { finished: 40, wallMs: 5000 }), run(2, 1, 4)] }
    const page = suitePage([cut], { ...setup, wallMs: 5000 })
    expect(rowOf(page, 'packing')).toContain('20.0 s, cut off after 140 of 200')
    expect(page).toContain('--seeds 3 --wall 5s`')
  })

  it('tells how busy the machine was', () => {
    expect(page).toContain('The load average at the ends of the runs was 1.0 to 3.0')
  })

  it('shows a gap behind both starts as negative, and one of a minimised objective the right way round', () => {
    expect(gapOf(packing, run(1, 1, 0))).toBeCloseTo(-0.25, 12)
    const fewer: SuiteRow = { ...times, known: [{ value: 0.5, source: 'x' }] }
    expect(gapOf(fewer, run(1, 1.5, 0.75))).toBeCloseTo(0.5, 12)
    expect(gapOf(fewer, run(1, 0.9, 0.7))).toBeCloseTo(0.5, 12)
  })
})
