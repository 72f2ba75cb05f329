import { expect, test } from 'vitest'
import { growsWhatItWalks } from '../../src/syntax/endless.ts'
import { parse } from '../../src/syntax/parse.ts'

const grows = (source: string): boolean => {
  const parsed = parse(source)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return growsWhatItWalks(parsed.syntax.root)
}

test('a loop that adds to the list it walks is found, however deep the call is', () => {
  expect(grows('for (const a of list) list.push(a)')).toBe(true)
  expect(grows('for (const a of list) { for (let i = 0; i < 3; i++) { if (a) list.unshift(i) } }')).toBe(true)
})

test('a loop that adds to another list, or reads its own, is not', () => {
  expect(grows('for (const a of list) other.push(a)')).toBe(false)
  expect(grows('for (const a of list) list.indexOf(a)')).toBe(false)
  expect(grows('for (let i = 0; i < 3; i++) list.push(i)')).toBe(false)
  expect(grows('for (const a of list) use(a); list.push(1)')).toBe(false)
})
