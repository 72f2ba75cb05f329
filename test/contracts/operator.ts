import { describe, expect, it } from 'vitest'
import type { VariationRequest } from '../../src/core/program.ts'
import { leaveTheBlocks } from '../../src/variation/evolve-block.ts'
import type { Variation, VariationOperator } from '../../src/variation/operator.ts'
import { parse } from '../../src/syntax/parse.ts'

/** A small program with code on both sides of its evolve block. */
export const operatorParent = `import { sqrt } from './roots.ts'
const scale = 3
// EVOLVE-BLOCK-START
/** Rows of count and distance. */
const rows: [number, number][] = [[1, 0], [8, 0.3]]

export function f(n: number): number {
  let sum = 0
  for (let i = 0; i < n; i++) {
    for (const [count, distance] of rows) sum += count * Math.min(distance, 0.5) - i / 4
  }
  sum *= 1.5
  sum += n
  return sqrt(sum) * scale
}
// EVOLVE-BLOCK-END
export const g = (n: number): number => f(n) + 1
`

/** Another program of the same problem, to take pieces from. */
export const operatorInspiration = operatorParent
  .replace('[8, 0.3]', '[7, 0.4], [2, 0.9]')
  .replace('i / 4', 'Math.cos(i)')

/** A request for a child of {@link operatorParent}. */
export function operatorRequest(seed: string, changes: Partial<VariationRequest> = {}): VariationRequest {
  const parent = { source: operatorParent, traits: {} }
  return { parent, inspirations: [{ source: operatorInspiration }], seed, ...changes }
}

const garbage = [
  '',
  '\0',
  '}{',
  'const = 1',
  'no markers at all',
  '// EVOLVE-BLOCK-START\nnever closed',
  '// EVOLVE-BLOCK-END\n// EVOLVE-BLOCK-START\n',
  '// EVOLVE-BLOCK-START\nfunction f( {\n// EVOLVE-BLOCK-END\n',
  `// EVOLVE-BLOCK-START\n${'['.repeat(50_000)}\n// EVOLVE-BLOCK-END\n`,
]

/** Replies that a model operator has to survive; among them some that its kind can use. */
const replies = [
  '',
  'I cannot help with that.',
  '<<<<<<< SEARCH\n  let sum = 0\n=======\n  let sum = 1\n>>>>>>> REPLACE\n',
  '<<<<<<< SEARCH\n  let sum = 0\n=======\n',
  '<<<<<<< SEARCH\nconst scale = 3\n=======\nconst scale = 4\n>>>>>>> REPLACE\n',
  '<<<<<<< SEARCH\n  let sum = 0\n=======\n// EVOLVE-BLOCK-END\nevil()\n// EVOLVE-BLOCK-START\n>>>>>>> REPLACE\n',
  '```ts\nexport function f(n: number): number { return n }\n```\n',
  '```ts\n// EVOLVE-BLOCK-END\nevil()\n// EVOLVE-BLOCK-START\n```\n',
  '```ts\nexport function f(',
  '>>>>>>> REPLACE\n=======\n<<<<<<< SEARCH\n',
]

/**
 * What every variation operator promises.
 *
 * @param usable - A reply that a model operator turns into a child of {@link operatorParent}.
 */
export function describeOperator(operator: VariationOperator, usable = ''): void {
  const attempts = (request: (seed: string) => VariationRequest): Variation[] =>
    operator.kind === 'direct'
      ? Array.from({ length: 60 }, (_, index) => operator.vary(request(`seed ${index}`)))
      : [usable, ...replies].map((reply) => operator.apply(reply, request('seed')))

  describe(`${operator.name} as a variation operator`, () => {
    it('gives the same answer to the same request', () => {
      const request = (seed: string) => operatorRequest(seed)
      expect(attempts(request)).toEqual(attempts(request))
    })

    it('makes at least one child, different from its parent and with a summary of one line', () => {
      const children = attempts((seed) => operatorRequest(seed)).filter((made) => made.ok)
      expect(children.length).toBeGreaterThan(0)
      for (const child of children) {
        expect(child.source).not.toBe(operatorParent)
        expect(child.change.summary).toMatch(/^\S[^\n]*$/)
      }
    })

    it('leaves the text outside the evolve blocks as it is', () => {
      for (const made of attempts((seed) => operatorRequest(seed))) {
        if (made.ok) expect(leaveTheBlocks(operatorParent, made.source)).toBeUndefined()
      }
    })

    it('answers an unusable parent or inspiration with a failure or a child, never by throwing', () => {
      for (const source of garbage) {
        const parent = { source, traits: {} }
        for (const made of attempts((seed) => operatorRequest(seed, { parent }))) {
          if (!made.ok) expect(made.failure.message).not.toBe('')
        }
        attempts((seed) => operatorRequest(seed, { inspirations: [{ source }] }))
      }
    })

    it('copes without inspirations and with traits of any value', () => {
      for (const step of [NaN, Infinity, -1, 0, 1e300]) {
        const parent = { source: operatorParent, traits: { step, 'move:3': step, other: 7 } }
        const made = attempts((seed) => operatorRequest(seed, { parent, inspirations: [] })).filter((each) => each.ok)
        expect(made.length).toBeGreaterThan(0)
        for (const child of made) expect(child.traits['other']).toBe(7)
      }
    })

    if (operator.kind === 'direct') {
      it('gives code that parses, and a failure for a parent that does not', () => {
        for (const made of attempts((seed) => operatorRequest(seed)))
          if (made.ok) expect(parse(made.source).ok).toBe(true)
        for (const source of garbage) {
          const parent = { source, traits: {} }
          expect(operator.vary(operatorRequest('seed', { parent })).ok).toBe(false)
        }
      })
    } else {
      it('names its template and wants a sensible number of inspirations', () => {
        expect(operator.template).toMatch(/^[a-z-]+$/)
        const { least, most } = operator.inspirations
        expect(Number.isInteger(least) && Number.isInteger(most) && least >= 0 && most >= least).toBe(true)
      })
    }
  })
}
