import { describe, expect, it } from 'vitest'
import type { EarlierChild } from '../../src/core/program.ts'
import { batchSize } from '../../src/variation/cma-es.ts'
import { tune } from '../../src/variation/tune.ts'
import { describeOperator } from '../contracts/operator.ts'

describeOperator(tune)

function inBlock(genome: string, comment = '//'): string {
  return `${comment} EVOLVE-BLOCK-START\n${genome}\n${comment} EVOLVE-BLOCK-END\n`
}

const parent = {
  source: inBlock('const points = [0.25, -1.5, 200.5]\nexport const f = (n) => points[n % 3] * 2'),
  traits: {},
}

/** The numbers of a child of {@link parent}. */
function numbersIn(source: string): number[] {
  return (/\[(.*)\]\n/.exec(source)?.[1] ?? '').split(',').map((text) => Number(text.replace(/[()]/g, '')))
}

function worth([a = 0, b = 0, c = 0]: readonly number[]): number {
  return -((a - 0.3) ** 2) - ((b + 1.2) / 5) ** 2 - ((c - 300) / 800) ** 2
}

function vary(earlier: readonly EarlierChild[], seed: string) {
  const made = tune.vary({ parent, inspirations: [], seed, earlier })
  if (!made.ok) throw new Error(made.failure.message)
  return { source: made.source, detail: made.change.detail, summary: made.change.summary }
}

describe('tune', () => {
  it('climbs to the best numbers over a few hundred children of one parent', () => {
    const earlier: EarlierChild[] = []
    let best = worth([0.25, -1.5, 200.5])
    for (let trial = 0; trial < 300; trial++) {
      const { source, detail } = vary(earlier, `climb ${String(trial)}`)
      const fitness = worth(numbersIn(source))
      best = Math.max(best, fitness)
      // Every seventh fails, as programs do.
      earlier.push({ detail, fitness: trial % 7 === 3 ? undefined : fitness })
    }
    expect(best).toBeGreaterThan(-1e-6)
  })

  it('learns as much from children that came in another order or late', () => {
    const earlier: EarlierChild[] = []
    const inFlight: EarlierChild[] = []
    let best = -Infinity
    for (let trial = 0; trial < 400; trial++) {
      const { source, detail } = vary(earlier, `late ${String(trial)}`)
      const fitness = worth(numbersIn(source))
      best = Math.max(best, fitness)
      inFlight.push({ detail, fitness })
      if (inFlight.length > 8) earlier.push(...inFlight.splice(trial % 8, 1))
    }
    expect(best).toBeGreaterThan(-1e-6)
  })

  it('forgets nothing and remembers nothing else: the same children give the same next one, whatever was asked between', () => {
    const earlier: EarlierChild[] = []
    for (let trial = 0; trial < 40; trial++) {
      const { source, detail } = vary(earlier, String(trial))
      earlier.push({ detail, fitness: worth(numbersIn(source)) })
    }
    const next = vary(earlier, 'next')
    const others = earlier.map(({ detail, fitness }) => ({ detail, fitness: -(fitness ?? 0) }))
    expect(vary(others, 'next').source).not.toBe(next.source)
    expect(vary(earlier.slice(0, 7), 'next').source).not.toBe(next.source)
    expect(vary(earlier, 'next')).toEqual(next)
  })

  it('changes its distribution with every whole batch, and not in between', () => {
    const size = batchSize(3)
    const earlier: EarlierChild[] = []
    const steps: number[] = []
    for (let trial = 0; trial <= 2 * size; trial++) {
      const { source, detail } = vary(earlier, String(trial))
      steps.push((detail as { step: number }).step)
      earlier.push({ detail, fitness: worth(numbersIn(source)) })
    }
    expect(new Set(steps).size).toBe(3)
    expect(steps.slice(0, size).every((step) => step === 0.1)).toBe(true)
  })

  it('passes over earlier children that it cannot read', () => {
    const strange: EarlierChild[] = [undefined, null, 3, 'x', [], {}, { values: [1] }, { values: ['a', 'b', 'c'] }].map(
      (detail) => ({ detail: detail, fitness: 1 }),
    )
    const made = vary([...strange, ...strange, ...strange], 'seed')
    expect(made).toEqual(vary([], 'seed'))
  })

  it('leaves whole numbers, counts and indices as they are', () => {
    const { source } = vary([], 'whole')
    expect(source).toMatch(/points\[n % 3\] \* 2/)
  })

  it('says so when there is nothing to tune', () => {
    const none = { source: inBlock('export const f = (n) => n * 2'), traits: {} }
    const made = tune.vary({ parent: none, inspirations: [], seed: 's' })
    expect(made).toMatchObject({ ok: false, failure: { kind: 'unchanged', message: 'no fractional number to tune' } })
  })

  it('tunes Python and languages without a parser too', () => {
    const python = { source: inBlock('def f(n):\n    return n * 0.5 - 1.25', '#'), traits: {} }
    const cpp = { source: inBlock('double f(int n) { return n * 0.5 - 1.25; }'), traits: {} }
    for (const [parent, language] of [
      [python, 'python'],
      [cpp, 'cpp'],
    ] as const) {
      const made = tune.vary({ parent, inspirations: [], seed: 's', language })
      expect(made.ok && made.source).not.toBe(parent.source)
    }
  })

  it('tunes a share of very many numbers, always the same', () => {
    const many = { source: inBlock(`export const f = () => [${'0.5, '.repeat(400)}]`), traits: {} }
    const first = tune.vary({ parent: many, inspirations: [], seed: '1' })
    const second = tune.vary({ parent: many, inspirations: [], seed: '2' })
    const changed = (made: typeof first) =>
      made.ok ? (/\[(.*)\]/.exec(made.source)?.[1] ?? '').split(',').map((text) => text.trim() !== '0.5') : []
    expect(changed(first).filter(Boolean)).toHaveLength(101)
    expect(changed(second)).toEqual(changed(first))
  })
})
