import { expect, test } from 'vitest'
import { highlighted } from '../../src/report/highlight.ts'

const escapes = /\u001b\[\d+m/g

test.each([
  ['ts', 'const a: number = 1 // <b> & \'c\' "d"\nreturn `x${a}`\n'],
  ['py', 'def f(x):\n    """doc <&>"""\n    return x + 1.5 # end\n'],
  ['cpp', '#include <cmath>\nint main() { return 0; }\n'],
])('colours %s and changes no character of it', (extension, source) => {
  const text = highlighted(source, extension, true)
  expect(text).toContain('\u001b[')
  expect(text.replaceAll(escapes, '')).toBe(source)
})

test('without colour, or without a grammar, only control characters become visible', () => {
  expect(highlighted('a\u001b[2Jb', 'ts', false)).toBe('a␛[2Jb')
  expect(highlighted('const a\u001b', 'xyz', true)).toBe('const a␛')
})
