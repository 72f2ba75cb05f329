import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Evaluator } from '../../src/evaluation/evaluator/define.ts'
import type { Json } from '../../src/core/json.ts'
import { rngFromText } from '../../src/core/rng.ts'
import { scoreCases } from '../../src/evaluation/evaluator/score-cases.ts'
import capSet from '../../evaluators/cap-set-8.ts'
import { greedyCapSet, thirdOnLine, vectorCount, weightOf } from '../../evaluators/cap-set/greedy.ts'
import extremal from '../../evaluators/extremal-c3-c4.ts'
import type { Edge } from '../../evaluators/grading/bitset-graph.ts'
import { sumOfTerms } from '../../evaluators/grading/gaussian.ts'
import type { RankOne } from '../../evaluators/grading/gaussian.ts'
import matmul from '../../evaluators/matmul-444.ts'
import { priorities } from '../../problems/cap-set-8.ts'
import { makeGraphs } from '../../problems/extremal-c3-c4.ts'
import { decompose } from '../../problems/matmul-444.ts'

async function score(evaluator: Evaluator, objective: string, valueOf: (args: readonly Json[]) => Json) {
  const cases = evaluator.cases({ rng: rngFromText('unused'), split: 'search' })
  const results = cases.map(({ id, args }) => ({ id, ok: true as const, value: valueOf(args), ms: 1 }))
  const setup = { evaluator, cases, objectives: [objective], evaluatorPath: 'evaluator.ts', source: '' }
  const outcome = await scoreCases(setup, results)
  const none: Readonly<Record<string, number>> = {}
  return outcome.ok
    ? { ...outcome.scored, value: outcome.scored.objectives[objective]!, message: '' }
    : { value: Number.NaN, descriptors: none, scores: none, feedback: '', message: outcome.failure.message }
}

describe('cap sets', () => {
  const scored = (value: Json) => score(capSet, 'size', () => value)
  const digits = (vector: number) => Array.from(vector.toString(3).padStart(8, '0'), Number)

  it('complete a line by the vector that makes every coordinate add up to 0', () => {
    const rng = rngFromText('lines')
    for (let round = 0; round < 2000; round++) {
      const [one, other] = [rng.int(vectorCount), rng.int(vectorCount)]
      const third = digits(thirdOnLine(one, other))
      expect(digits(one).map((digit, place) => (digit + digits(other)[place]! + third[place]!) % 3)).toEqual(
        new Array(8).fill(0),
      )
    }
  })

  it('come out of any priorities: no three on a line, and none left that could be added', () => {
    const rng = rngFromText('priorities')
    for (let round = 0; round < 5; round++) {
      const taken = new Set(greedyCapSet(Array.from({ length: vectorCount }, () => Math.round(4 * rng.next()))))
      const blocked = new Set<number>()
      for (const one of taken) {
        for (const other of taken) if (one !== other) blocked.add(thirdOnLine(one, other))
      }
      expect([...taken].some((vector) => blocked.has(vector))).toBe(false)
      expect(taken.size + [...blocked].filter((vector) => !taken.has(vector)).length).toBe(vectorCount)
    }
  })

  it('of a constant priority are the 256 vectors that FunSearch starts from', async () => {
    expect(await scored(new Array<number>(vectorCount).fill(3.5))).toMatchObject({ value: 256 })
    expect((await scored(priorities(8))).value).toBe(256)
  })

  it('are described by the weights of their vectors and by how far the priority decides', async () => {
    const value = Array.from({ length: vectorCount }, (_, vector) => weightOf(vector))
    const { descriptors, feedback } = await scored(value)
    expect(descriptors['levels']).toBe(9)
    expect(descriptors['weight']).toBe(8)
    expect(feedback).toMatch(/^The set has 256 vectors; .*8: 256\. The priorities take 9 different values/)
  })

  it('need a finite priority of a sane size for every vector', async () => {
    const good = priorities(8)
    expect((await scored(good.slice(1))).message).toContain('got an array of 6560')
    expect((await scored(good.with(17, 1e11))).message).toContain('output[17]')
    expect((await scored(good.with(17, Number.NaN))).message).toContain('output[17]')
  })
})

type Term = ReturnType<typeof decompose>[number]

describe('decompositions of 4 x 4 matrix multiplication', () => {
  const scored = (terms: Json) => score(matmul, 'rank', () => terms)
  const first = decompose()

  it('have 64 terms by rows and columns', async () => {
    const { value, descriptors } = await scored(first)
    expect(value).toBe(64)
    expect(descriptors).toEqual({ density: 1 / 16, complexity: 0 })
  })

  it('multiply matrices of Gaussian integers as the definition does', () => {
    // The best witness that places and transposition are right: numbers instead of a tensor.
    const rng = rngFromText('matrices')
    const matrix = () => Array.from({ length: 16 }, () => rng.int(19) - 9)
    const [a, b] = [matrix(), matrix()]
    const product = Array.from({ length: 16 }, (_, index) => {
      const [row, column] = [Math.floor(index / 4), index % 4]
      return [0, 1, 2, 3].reduce((sum, k) => sum + a[4 * row + k]! * b[4 * k + column]!, 0)
    })
    const form = (coefficients: Term[number], values: readonly number[]) =>
      coefficients.reduce((sum, [re], index) => sum + (re / 2) * values[index]!, 0)
    const result = new Array<number>(16).fill(0)
    for (const [u, v, w] of first) {
      for (const [index, [re]] of w!.entries()) {
        result[4 * (index % 4) + Math.floor(index / 4)]! += (re / 2) * form(u!, a) * form(v!, b)
      }
    }
    expect(result).toEqual(product)
  })

  it('are refused when a single coefficient is off by one half, wherever it is', async () => {
    const rng = rngFromText('damage')
    for (let round = 0; round < 40; round++) {
      const [term, slot, place, side] = [rng.int(64), rng.int(3), rng.int(16), rng.int(2)]
      const damaged = structuredClone(first)
      damaged[term]![slot]![place]![side]! += rng.next() < 0.5 ? 1 : -1
      const { message } = await scored(damaged)
      expect(message).toMatch(/^\d+ of 4096 entries of the tensor are wrong; the first is A\[\d, \d\] B\[\d, \d\] C\^T/)
    }
  })

  it('do not count terms that are 0, and do not profit from leaving one out', async () => {
    const zero: Term = [0, 1, 2].map(() => Array.from({ length: 16 }, (): [number, number] => [0, 0]))
    expect((await scored([...first.slice(0, 63), zero])).message).toMatch(/entries of the tensor are wrong/)
    expect((await scored(first.slice(1))).message).toMatch(/entries of the tensor are wrong/)
    expect((await scored([...first, first[0]!])).message).toContain('got an array of 65')
  })

  it('keep the shape: forms of 16 pairs of small whole numbers', async () => {
    const changed = (change: (terms: number[][][][]) => void) => {
      const terms = structuredClone(first) as number[][][][]
      change(terms)
      return scored(terms)
    }
    expect((await changed((terms) => (terms[0]![0]![0]![0] = 0.5))).message).toContain('output[0][0][0][0]')
    expect((await changed((terms) => (terms[0]![0]![0]![0] = 65))).message).toContain('output[0][0][0][0]')
    expect((await changed((terms) => terms[0]![0]!.pop())).message).toContain('got an array of 15')
    expect((await changed((terms) => terms[0]!.pop())).message).toContain('output[0]')
    expect((await scored([])).message).toContain('got an array of 0')
  })

  it('are the same up to units that cancel: i times one form, -i times another', async () => {
    const turned = first.map(([u, v, w]) => [u!.map(([re, im]) => [-im, re]), v!.map(([re, im]) => [im, -re]), w!])
    expect(await scored(turned)).toMatchObject({ value: 64, descriptors: { complexity: 2 / 3 } })
  })

  it('are summed up exactly: floating point agrees with whole numbers on 10,000 random terms', () => {
    const rng = rngFromText('terms')
    const vector = () => Array.from({ length: 3 }, (): [number, number] => [rng.int(129) - 64, rng.int(129) - 64])
    for (let round = 0; round < 10_000 / 8; round++) {
      const terms = Array.from({ length: 8 }, (): RankOne => [vector(), vector(), vector()])
      const { re, im } = sumOfTerms(terms, 3)
      const at = rng.int(27)
      const [a, b, c] = [Math.floor(at / 9), Math.floor(at / 3) % 3, at % 3]
      let [real, imaginary] = [0n, 0n]
      for (const [u, v, w] of terms) {
        const [p, q, r] = [u[a]!, v[b]!, w[c]!].map(([x, y]) => [BigInt(x), BigInt(y)] as const)
        const [x, y] = [p![0] * q![0] - p![1] * q![1], p![0] * q![1] + p![1] * q![0]]
        real += x * r![0] - y * r![1]
        imaginary += x * r![1] + y * r![0]
      }
      expect([BigInt(re[at]!), BigInt(im[at]!)]).toEqual([real, imaginary])
    }
  })
})

describe('graphs without cycles of length 3 and 4', () => {
  const table = JSON.parse(
    readFileSync(new URL('../fixtures/extremal-c3-c4-free-table.json', import.meta.url), 'utf8'),
  ) as { readonly derived_lower_bound: Readonly<Record<string, number>> }
  const bestAt = (n: number) => table.derived_lower_bound[String(n)]!
  const scored = (graphOf: (n: number) => Json) =>
    score(extremal, 'edges', ([sizes]) => (sizes as number[]).map(graphOf))
  const first = (n: number) => makeGraphs([n])[0]!

  it('have together as many edges as the table of the best known, 18005', () => {
    const sizes = Array.from({ length: 81 }, (_, index) => 20 + index)
    expect(sizes.reduce((sum, n) => sum + bestAt(n), 0)).toBe(18005)
    for (const n of sizes) expect(first(n).length).toBeLessThanOrEqual(bestAt(n))
  })

  it('of the first program have what a greedy choice by differences has', async () => {
    const { value, scores, feedback } = await scored(first)
    expect(value).toBe(15793)
    expect(Object.keys(scores)).toEqual(['n20-46', 'n47-73', 'n74-100'])
    expect(Object.values(scores).reduce((sum, each) => sum + each, 0)).toBe(15793)
    expect(feedback).toMatch(/^15793 edges; 38 at n = 20, .*386 at n = 100\. Edges over n\^1\.5/)
  })

  /** Five pentagons and five pentagrams: vertex j of pentagon h meets vertex h i + j of pentagram i (Robertson). */
  function hoffmanSingleton(): Edge[] {
    const all = [0, 1, 2, 3, 4]
    const pentagon = (h: number, j: number) => 5 * h + (j % 5)
    const pentagram = (i: number, j: number) => 25 + 5 * i + (j % 5)
    return all.flatMap((h) =>
      all.flatMap((j): Edge[] => [
        [pentagon(h, j), pentagon(h, j + 1)],
        [pentagram(h, j), pentagram(h, j + 2)],
        ...all.map((i): Edge => [pentagon(h, j), pentagram(i, h * i + j)]),
      ]),
    )
  }

  it('reach the proven best of 175 at 50 vertices with the graph of Hoffman and Singleton', async () => {
    expect(hoffmanSingleton()).toHaveLength(175)
    const { value } = await scored((n) => (n === 50 ? hoffmanSingleton() : first(n)))
    expect(value - 15793).toBe(bestAt(50) - first(50).length)
    // One more edge closes a cycle: the graph has diameter 2.
    const { message } = await scored((n) => (n === 50 ? [...hoffmanSingleton(), [0, 2]] : first(n)))
    expect(message).toMatch(/^the graph of 50 vertices has the cycle \d+( - \d+){3,4}$/)
  })

  it.each<[string, (n: number) => Json, RegExp]>([
    ['a triangle', () => [[0, 1], [1, 2], [2, 0]], /20 vertices has the cycle 0 - 1 - 2 - 0/], // prettier-ignore
    ['a cycle of length 4', () => [[0, 1], [1, 2], [2, 3], [3, 0]], /has the cycle 0 - 1 - 2 - 3 - 0/], // prettier-ignore
    ['a loop', () => [[4, 4]], /joins vertex 4 to itself/],
    ['a vertex too many', (n) => [[0, Math.min(n, 99)]], /the graph of 20 vertices has no vertex 20/],
    ['half a vertex', () => [[0, 0.5]], /output\[0\]\[0\]\[1\]/],
    ['a negative vertex', () => [[0, -1]], /output\[0\]\[0\]\[1\]/],
    ['three ends of an edge', () => [[0, 1, 2]], /output\[0\]\[0\]/],
    ['no edge at all', () => [], /there is no edge in any graph/],
    ['more edges than there can be', () => new Array(526).fill([0, 1]) as Json, /got an array of 526/],
  ])('are refused for %s', async (_, graphOf, message) => {
    expect((await scored(graphOf)).message).toMatch(message)
  })

  it('are one for every number of vertices', async () => {
    const short = await score(extremal, 'edges', ([sizes]) => makeGraphs((sizes as number[]).slice(1)))
    expect(short.message).toBe('26 graphs for 27 numbers of vertices')
  })

  it('count an edge once, however often and in whatever direction it is given', async () => {
    const twice = (n: number): Json => (n === 20 ? [...first(20), ...first(20).map(([a, b]) => [b, a])] : first(n))
    expect((await scored(twice)).value).toBe(15793)
  })
})
