import { expect, test } from 'vitest'
import { Constructs, constructsOf } from '../../src/insights/overused.ts'

const first = 'export function f(n: number) { return Math.max(n, 1) + 2 }'
const shared = 'export function f(n: number) { for (let i = 0; i < n; i += 7) { n = Math.cos(n * 3.5) } return n }'

test('names what most elites share and the first program has not, numbers and white space aside, only as a whole', () => {
  const sources = new Map([
    [0, first],
    ...[1, 2, 3, 4, 5].map((ordinal) => [ordinal, shared.replace('3.5', `${String(ordinal)}e-3`)] as const),
    [6, 'export function f(n: number) { return Math.max(n, 1) + 2 }'],
  ])
  const named = new Constructs().overused([0, 1, 2, 3, 4, 5, 5, 6], (ordinal) => sources.get(ordinal) ?? '', 5)
  expect(named).toEqual([{ text: 'for (let i = 0; i < n; i += 0) { n = Math.cos(n * 0) }', elites: 5, of: 6 }])
})

test('says nothing about a handful of programs, or of sources that do not parse', () => {
  const constructs = new Constructs()
  expect(constructs.overused([1, 2, 3, 4], () => shared, 5)).toEqual([])
  expect(constructsOf('(((').size).toBe(0)
  expect(new Constructs().overused([1, 2, 3, 4, 5], (ordinal) => (ordinal === 0 ? first : '((('), 5)).toEqual([])
})

test('parses each program once', () => {
  const asked: number[] = []
  const constructs = new Constructs()
  const source = (ordinal: number): string => {
    asked.push(ordinal)
    return shared
  }
  constructs.overused([1, 2, 3, 4, 5], source, 5)
  constructs.overused([1, 2, 3, 4, 5, 6], source, 5)
  expect(asked.sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6])
})
