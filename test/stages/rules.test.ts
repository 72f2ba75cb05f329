import { expect, test } from 'vitest'
import { rules } from '../../src/stages/rules.ts'
import { contextWith, opened, setupWith } from './opened.ts'

const verdict = async (source: string, options: Record<string, unknown>) => {
  const outcome = await opened(rules, setupWith(), options).run({ ordinal: 1, source }, {}, contextWith())
  return outcome.ok === false ? outcome.failure.message : outcome.ok
}

test.each([
  ['const a = eval("1")', 'eval is forbidden here (line 1)'],
  ['let a = 1\nwhile (a) a--', 'while is forbidden here (line 2)'],
  ['export const f = () => Math.random()', 'Math.random is forbidden here (line 1)'],
  ['export const f = () => Math["random"]()', 'Math.random is forbidden here (line 1)'],
  ['// eval while Math.random\nexport const f = "eval" + Math.abs(1)', true],
])('%j gives %j', async (source, expected) => {
  expect(await verdict(source, { forbid: ['eval', 'while', 'Math.random'] })).toBe(expected)
})

test('words are looked for where the language is not known', async () => {
  expect(await verdict('import os\nx = os.system("ls")', { forbid: ['os.system'] })).toBe(
    'os.system is forbidden here (line 2)',
  )
})

test('size is limited in characters and lines', async () => {
  expect(await verdict('let a = 1', { max_characters: 8 })).toBe('the source has 9 characters; at most 8 are allowed')
  expect(await verdict('1\n2\n3\n', { max_lines: 2 })).toBe('the source has 3 lines; at most 2 are allowed')
  expect(await verdict('1\n2\n', { max_lines: 2, max_characters: 4 })).toBe(true)
})
