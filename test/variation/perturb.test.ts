import { describe, expect, it } from 'vitest'
import { parse } from '../../src/syntax/parse.ts'
import { freeNames } from '../../src/syntax/scope.ts'
import { genomeOf, leaveTheBlocks } from '../../src/variation/evolve-block.ts'
import { perturb } from '../../src/variation/perturb.ts'
import { describeOperator, operatorInspiration, operatorParent, operatorRequest } from '../contracts/operator.ts'

describeOperator(perturb)

function inBlock(genome: string): string {
  return `// EVOLVE-BLOCK-START\n${genome}\n// EVOLVE-BLOCK-END\n`
}

/** The genomes of many children of one genome. */
function childrenOf(genome: string, count: number, inspirations: readonly string[] = []): string[] {
  const parent = { source: inBlock(genome), traits: {} }
  const donors = inspirations.map((each) => ({ source: inBlock(each) }))
  return Array.from({ length: count }, (_, index) =>
    perturb.vary({ parent, inspirations: donors, seed: `${index}` }),
  ).flatMap((made) => (made.ok ? [genomeOf(made.source)] : []))
}

function freeIn(source: string): ReadonlySet<string> {
  const parsed = parse(source)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return freeNames(parsed.syntax.root)
}

describe('perturb', () => {
  it('keeps every line of descent parseable, in its markers and free of undeclared names for a thousand steps', () => {
    let source = operatorParent
    let traits = {}
    const known = new Set([...freeIn(operatorParent), 'Math'])
    for (let index = 0; index < 1000; index++) {
      const inspirations = [{ source: operatorInspiration }, { source: operatorParent }]
      const made = perturb.vary({ parent: { source, traits }, inspirations, seed: `line ${index}` })
      if (!made.ok) throw new Error(made.failure.message)
      expect(leaveTheBlocks(operatorParent, made.source)).toBeUndefined()
      expect([...freeIn(made.source)].filter((name) => !known.has(name))).toEqual([])
      // Without selection code grows or shrinks without end; then the line starts anew.
      const typical = made.source.length > 500 && made.source.length < 3000
      source = typical ? made.source : operatorParent
      traits = made.traits
    }
  })

  it('makes nearly always a child, and many different ones', () => {
    const children = Array.from({ length: 500 }, (_, index) => perturb.vary(operatorRequest(`${index}`)))
    const made = children.filter((each) => each.ok)
    expect(made.length).toBe(500)
    expect(new Set(made.map((each) => each.source)).size).toBeGreaterThan(350)
  })

  it('makes every sort of edit', () => {
    const donors = [{ source: operatorInspiration }, { source: operatorParent.replace('0.3', '0.31') }]
    const kinds = new Set<string>()
    for (let index = 0; index < 3000; index++) {
      const parent = { source: operatorParent, traits: { 'move:1': 0.5 } }
      const made = perturb.vary(operatorRequest(`${index}`, { parent, inspirations: donors }))
      if (made.ok) for (const { kind } of (made.change.detail as { edits: { kind: string }[] }).edits) kinds.add(kind)
    }
    expect([...kinds].sort()).toEqual(
      [
        'blend',
        'bound',
        'clamp',
        'delete-element',
        'delete-statement',
        'duplicate-element',
        'duplicate-statement',
        'literal',
      ]
        .concat(['operator', 'repeat', 'splice', 'splice-named', 'splice-statement', 'split-element', 'swap-elements'])
        .concat(['swap-statements', 'unwrap', 'wrap']),
    )
  })

  it('says what it did in one line, with kind and line', () => {
    const made = childrenNamed('literal')
    expect(made.change.summary).toMatch(/^literal -?[\d.e-]+ -> \(?-?[\d.e-]+\)?/)
    expect(made.change.detail).toMatchObject({ kind: 'literal', line: expect.any(Number) as number })
  })

  it('moves numbers without changing what they are: floats stay floats, counts stay integers of a bounded size', () => {
    const genome = 'export const f = (a: number[]) => { for (let i = 0; i < 3; i++) a[2] = 0.25 }'
    for (const child of childrenOf(genome, 400)) {
      const bound = /i (?:<|<=) (-?[\d.e]+); i\+\+/.exec(child)?.[1]
      if (bound !== undefined) expect(Number.isInteger(Number(bound)) && Math.abs(Number(bound)) <= 4096).toBe(true)
    }
    const moved = childrenOf('export const x = 1.0', 100).filter((child) => /= -?[\d.e-]+$/.test(child))
    expect(moved.length).toBeGreaterThan(50)
    for (const child of moved) expect(child).toMatch(/[.e]/)
  })

  it('inherits its step and mutates it within bounds, whatever it is given', () => {
    const steps = Array.from({ length: 300 }, (_, index) => {
      const parent = { source: operatorParent, traits: { step: 1e-3, keep: 5 } }
      const made = perturb.vary(operatorRequest(`${index}`, { parent }))
      if (!made.ok) throw new Error(made.failure.message)
      expect(made.traits['keep']).toBe(5)
      return made.traits['step'] ?? NaN
    })
    expect(steps.every((step) => step >= 1e-6 && step <= 1)).toBe(true)
    expect(new Set(steps).size).toBe(300)
    expect(steps.filter((step) => step > 1e-4 && step < 1e-2).length).toBeGreaterThan(150)
  })

  it('remembers a move of literals in the traits and forgets it when something else changes', () => {
    for (let index = 0; index < 200; index++) {
      const parent = { source: operatorParent, traits: { 'move:99': 1 } }
      const made = perturb.vary(operatorRequest(`${index}`, { parent }))
      if (!made.ok) throw new Error(made.failure.message)
      const { edits } = made.change.detail as { edits: { kind: string }[] }
      const moves = Object.keys(made.traits).filter((name) => name.startsWith('move:'))
      expect(made.traits['move:99']).toBeUndefined()
      if (edits.length > 1 || !/literal|repeat|blend/.test(edits[0]?.kind ?? '')) expect(moves).toEqual([])
    }
  })

  it('takes what an inspiration has under the same name', () => {
    const rows = 'const rows = [[1, 2], [3, 4]]'
    const rest = '\nexport const f = () => rows'
    expect(childrenOf(rows + rest, 400, [`const rows = [[9, 9]]${rest}`])).toContain(`const rows = [[9, 9]]${rest}`)
  })

  it('leaves comments, strings, types, keys and imports alone', () => {
    const kept = [
      "import { a } from './7.ts'",
      '/** 3 of 4 */',
      'type T = [1, 2] | 5',
      'const o: { 6: string } = { 6: "8" } // 9',
    ]
    const genome = [...kept, 'export const f = (x: number): number => x * 2 + a(o)'].join('\n')
    const changed = childrenOf(genome, 300)
    expect(changed.length).toBeGreaterThan(250)
    for (const child of changed) {
      for (const line of kept.slice(0, 3)) expect(child).toContain(line)
    }
  })

  it('never deletes the final return of the entry', () => {
    for (const child of childrenOf('export function f(x: number) {\n  x += 1\n  return x\n}', 300))
      expect(child).toMatch(/return/)
  })

  it('says unchanged when there is nothing to edit', () => {
    const made = perturb.vary({ parent: { source: inBlock('// empty'), traits: {} }, inspirations: [], seed: 'a' })
    expect(made).toMatchObject({ ok: false, failure: { kind: 'unchanged' } })
  })

  it('gives the same child whether the parent was seen before or not', () => {
    const first = perturb.vary(operatorRequest('again'))
    for (let index = 0; index < 300; index++) childrenOf(`export const x${index} = ${index}.5`, 1)
    expect(perturb.vary(operatorRequest('again'))).toEqual(first)
  })
})

function childrenNamed(kind: string) {
  for (let index = 0; index < 500; index++) {
    const made = perturb.vary(operatorRequest(`${index}`))
    if (made.ok && (made.change.detail as { kind: string }).kind === kind) return made
  }
  throw new Error(`no ${kind} in 500 children`)
}
