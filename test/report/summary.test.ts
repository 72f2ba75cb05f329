import { describe, expect, it } from 'vitest'
import { bytesText, durationText } from '../../src/core/units.ts'
import { rateText, tokensText, usdText } from '../../src/report/numbers.ts'
import { canRedraw, wantsColor } from '../../src/report/output.ts'
import { ThinningSeries, sparkline } from '../../src/report/sparkline.ts'
import { bestKnown, gapClosed, summaryLines } from '../../src/report/summary.ts'
import type { RunSummary } from '../../src/report/summary.ts'
import { CapturedOutput } from './captured-output.ts'

const summary: RunSummary = {
  run: 'circle-packing',
  reason: 'all candidates are done',
  objective: { name: 'sum_radii', direction: 'maximize' },
  first: 0.9597642169962064,
  trivial: { value: 2.541421, source: '5 x 5 grid and one in a gap' },
  best: 2.6,
  bestOrdinal: 1834,
  known: [
    { value: 2.6358627564, source: 'WP 2506.13131' },
    { value: 2.635983084917, source: 'MX 2511.02864' },
  ],
  finished: 2_000,
  failures: { threw: 80, 'timed-out': 43 },
  tokens: 0,
  usd: 0,
  elapsedMs: 372_000,
  next: 'evolve resume circle-packing --candidates 4000',
}

describe('summaryLines', () => {
  it('say first, trivial, best, best known, share of the gap, spend, failures and the next command', () => {
    expect(summaryLines(summary)).toEqual([
      'circle-packing: all candidates are done; 2,000 candidates in 6m 12s (5.4/s)',
      '  first value   0.9597642169962064',
      '  trivial value 2.541421 (5 x 5 grid and one in a gap)',
      '  best          2.6 (program 1834), sum_radii, higher is better',
      '  best known    2.635983084917 (MX 2511.02864)',
      '  gap closed    61.9 % of the way from the trivial to the best known value',
      '  spend         no model calls',
      '  failures      123 (6.2 %): threw 80, timed-out 43',
      '  go further    evolve resume circle-packing --candidates 4000',
    ])
  })

  it('leave out what the problem does not state', () => {
    const lines = summaryLines({ ...summary, trivial: undefined, known: [] }).join('\n')
    expect(lines).not.toMatch(/trivial|known|gap/)
  })

  it('say so when nothing was valid', () => {
    const lines = summaryLines({ ...summary, best: undefined, bestOrdinal: undefined, first: undefined })
    expect(lines).toContain('  best          none: no candidate was valid')
  })

  it('never round a gap up to closed', () => {
    const almost = {
      ...summary,
      first: -1,
      trivial: { value: 0, source: undefined },
      known: [{ value: 1, source: undefined }],
    }
    const gapLine = (best: number): string =>
      summaryLines({ ...almost, best }).find((line) => line.includes('gap')) ?? ''
    expect(gapLine(0.99999999)).toContain('99.9999 %')
    expect(gapLine(1)).toContain('100.0 %')
    expect(gapLine(1.001)).toContain('beyond it, so check the program')
    expect(gapLine(-0.1)).toContain('behind the trivial value')
  })

  it('are safe against escape codes in a run name or a source', () => {
    expect(summaryLines({ ...summary, run: 'r\u001b[2J', next: 'evolve \u0007' }).join('\n')).not.toMatch(
      /[\u001b\u0007]/,
    )
  })
})

describe('gapClosed', () => {
  it('works for minimised objectives and takes the first value without a trivial one', () => {
    const minimised: RunSummary = {
      ...summary,
      objective: { name: 'bins', direction: 'minimize' },
      first: 10,
      trivial: undefined,
      best: 7,
      known: [
        { value: 4, source: undefined },
        { value: 5, source: undefined },
      ],
    }
    expect(bestKnown(minimised.objective, minimised.known)?.value).toBe(4)
    expect(gapClosed(minimised)).toEqual({ share: 0.5, from: 'first' })
  })

  it('starts at the first value where that is better than the trivial one, in either direction', () => {
    const known = [{ value: 10, source: undefined }]
    const trivial = { value: 2, source: undefined }
    expect(gapClosed({ ...summary, first: 6, trivial, best: 8, known })).toEqual({ share: 0.5, from: 'first' })
    expect(gapClosed({ ...summary, first: 1, trivial, best: 6, known })).toEqual({ share: 0.5, from: 'trivial' })
    const objective = { name: 'bins', direction: 'minimize' } as const
    const fewer = { ...summary, objective, known: [{ value: 0, source: undefined }] }
    expect(gapClosed({ ...fewer, first: 1, trivial, best: 0.25 })).toEqual({ share: 0.75, from: 'first' })
    expect(gapClosed({ ...fewer, first: 9, trivial, best: 1 })).toEqual({ share: 0.5, from: 'trivial' })
  })

  it('is solved within a millionth, and beyond the best known value only by more than its last digits', () => {
    const text = (best: number): string =>
      summaryLines({ ...summary, best, trivial: { value: 1, source: undefined }, known: [{ value: 2, source: 'a' }] })
        .find((line) => line.includes('gap closed'))
        ?.trim() ?? ''
    expect(text(2 - 1e-6)).toMatch(/^gap closed +99\.9999 % .*: solved, within a millionth of it$/)
    expect(text(2 + 1e-10)).toMatch(/100\.0 % .*: solved/)
    expect(text(2 - 1e-5)).not.toContain('solved')
    expect(text(2 + 1e-8)).toContain('beyond it')
  })

  it('ends at the best value that was checked, whatever else is claimed', () => {
    const claimed = { value: 9, source: 'a claim' }
    const loose = { value: 8, source: 'with slack', tolerance: 1e-6 }
    const strict = { value: 7, source: 'exact', tolerance: 0 }
    expect(bestKnown(summary.objective, [strict, loose, claimed])).toBe(strict)
    expect(bestKnown(summary.objective, [loose, claimed])).toBe(claimed)
  })

  it('is unknown where there is no gap', () => {
    expect(
      gapClosed({
        ...summary,
        trivial: { value: 1, source: undefined },
        best: 1,
        known: [{ value: 1, source: undefined }],
      }),
    ).toBeUndefined()
  })
})

describe('numbers for people', () => {
  it.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [999.9, '1 s'],
    [10_000, '10 s'],
    [12_340, '12.3 s'],
    [59_960, '1m'],
    [80_000, '1m 20s'],
    [3_599_900, '1h'],
    [7_500_000, '2h 5m'],
    [90_000_000, '1d 1h'],
    [NaN, 'unknown'],
    [-1, 'unknown'],
  ])('%d ms is %s', (ms, text) => expect(durationText(ms)).toBe(text))

  it.each([
    [0, '0 B'],
    [256_000_000, '256 MB'],
    [268_435_456, '256 MiB'],
    [65_536, '64 KiB'],
    [1_500_000_000, '1.5 GB'],
    [Infinity, 'unknown'],
  ])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text))

  it('keeps three digits of tokens and the cents that count', () => {
    expect([0, 950, 12_345, 999_600, 1_250_000].map(tokensText)).toEqual(['0', '950', '12.3k', '1M', '1.25M'])
    expect([0, 0.00001, 0.0123, 9.87654, 12.345].map(usdText)).toEqual([
      '$0',
      '<$0.0001',
      '$0.0123',
      '$9.8765',
      '$12.35',
    ])
    expect([0, 0.05, 1.44, 312.4].map(rateText)).toEqual(['0/s', '3/min', '1.4/s', '312/s'])
  })
})

describe('sparkline', () => {
  it('spans from the smallest to the largest value', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█')
    expect(sparkline([5, 5, 5], 8)).toBe('▁▁▁')
    expect(sparkline([], 8)).toBe('')
  })

  it('thins a long series and keeps its last value', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => index)
    const line = sparkline(values, 10)
    expect(line).toHaveLength(10)
    expect(line.at(-1)).toBe('█')
  })

  it('passes over what is not finite and survives the largest range', () => {
    expect(sparkline([NaN, -Number.MAX_VALUE, Infinity, Number.MAX_VALUE], 8)).toBe('▁█')
  })
})

describe('ThinningSeries', () => {
  it('keeps a series of any length bounded, in order and evenly', () => {
    const series = new ThinningSeries(16)
    for (let value = 1; value <= 10_000; value++) series.add(value)
    const kept = series.values()
    expect(kept.length).toBeLessThan(16)
    expect(kept.length).toBeGreaterThanOrEqual(7)
    const steps = new Set(kept.slice(1).map((value, index) => value - (kept[index] ?? 0)))
    expect(steps.size).toBe(1)
  })
})

describe('what a terminal can do', () => {
  const terminal = new CapturedOutput({ isTTY: true, columns: 80 })
  const pipe = new CapturedOutput()

  it.each([
    [terminal, {}, true],
    [pipe, {}, false],
    [terminal, { NO_COLOR: '1' }, false],
    [terminal, { NO_COLOR: '' }, true],
    [terminal, { TERM: 'dumb' }, false],
    [pipe, { FORCE_COLOR: '1' }, true],
    [pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [terminal, { FORCE_COLOR: '0' }, false],
  ])('decides on colour (case %#)', (output, env, expected) => expect(wantsColor(output, env)).toBe(expected))

  it('redraws only on a terminal that can', () => {
    expect(canRedraw(terminal, { TERM: 'xterm' })).toBe(true)
    expect(canRedraw(terminal, { TERM: 'dumb' })).toBe(false)
    expect(canRedraw(pipe, {})).toBe(false)
  })
})
