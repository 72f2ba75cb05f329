import type { Json } from '../../src/core/json.ts'

/*
 * The same cheats for programs that run as processes of their own. There is no wrapper that fits every language, but all
 * of them answer by one line of JSON on descriptor 4, and a program that wants to cheat can write any text there.
 */

/** One hostile answer. None of them may earn a score. */
export interface Answer {
  readonly name: string
  /** What is written on descriptor 4, made from the value that the first program returned. */
  text(honest: Json): string
}

const framed = (json: string): string => `{"value":${json}}\n`

/** The JSON of a value in which some of its numbers and texts are other words. */
function withLeaves(value: Json, word: string, which: 'first' | 'all'): string {
  let left = which === 'first' ? 1 : Infinity
  const walk = (inner: Json): string => {
    if (Array.isArray(inner)) return `[${(inner as readonly Json[]).map(walk).join(',')}]`
    if (typeof inner === 'object' && inner !== null) {
      return `{${Object.entries(inner)
        .map(([key, item]) => `${JSON.stringify(key)}:${walk(item)}`)
        .join(',')}}`
    }
    return left-- > 0 ? word : JSON.stringify(inner)
  }
  return walk(value)
}

const first = (name: string, word: string): Answer => ({
  name,
  text: (honest) => framed(withLeaves(honest, word, 'first')),
})
const all = (name: string, word: string): Answer => ({
  name,
  text: (honest) => framed(withLeaves(honest, word, 'all')),
})
const fixed = (name: string, json: string): Answer => ({ name, text: () => framed(json) })
const list = (honest: Json): readonly Json[] => (Array.isArray(honest) ? (honest as readonly Json[]) : [honest])

/** Every hostile answer, for every problem whose programs run as processes. */
export const answers: readonly Answer[] = [
  first('a NaN', 'NaN'),
  first('an infinity', 'Infinity'),
  first('a number beyond all doubles', '1e999'),
  first('a negative number beyond all doubles', '-1e999'),
  first('a text for a number', '"0.5"'),
  first('null inside', 'null'),
  first('a boolean for a number', 'true'),
  first('a list where a number belongs', '[1]'),
  all('numbers as large as they get', String(Number.MAX_VALUE)),
  all('numbers so small that their squares vanish', '1e-161'),
  all('zeros only', '0'),
  fixed('null', 'null'),
  fixed('an empty list', '[]'),
  fixed('an empty object', '{}'),
  fixed('a reported score', '2e9'),
  fixed('a hundred thousand lists inside one another', '['.repeat(100_000) + ']'.repeat(100_000)),
  {
    name: 'a reported score beside the value',
    text: (honest) => framed(`{"score":2e9,"value":${JSON.stringify(honest)}}`),
  },
  { name: 'the last item left out', text: (honest) => framed(JSON.stringify(list(honest).slice(0, -1))) },
  { name: 'the last item twice', text: (honest) => framed(JSON.stringify([...list(honest), list(honest).at(-1)])) },
  { name: 'one item over and over', text: (honest) => framed(JSON.stringify(list(honest).map(() => list(honest)[0]))) },
  { name: 'the value one level too deep', text: (honest) => framed(JSON.stringify([honest])) },
  { name: 'half an answer', text: (honest) => framed(JSON.stringify(honest)).slice(0, 20) },
  { name: 'no answer', text: () => '' },
]

/** A whole program that writes a text on descriptor 4; `undefined` for a language that nobody has taught this file. */
export function writingProgram(language: string, entry: string, text: string): string | undefined {
  switch (language) {
    case 'python':
      return [
        'import os',
        '',
        '# EVOLVE-BLOCK-START',
        `TEXT = ${JSON.stringify(text)}.encode()`,
        '# EVOLVE-BLOCK-END',
        '',
        `def ${entry}(*args):`,
        '    rest = TEXT',
        '    while rest:',
        '        rest = rest[os.write(4, rest):]',
        '    os._exit(0)',
        '',
      ].join('\n')
    case 'c':
    case 'cpp':
    case 'cuda':
      return [
        '#include <unistd.h>',
        '',
        '// EVOLVE-BLOCK-START',
        `static const char text[] = ${JSON.stringify(text)};`,
        '// EVOLVE-BLOCK-END',
        '',
        'int main() {',
        '  for (unsigned long at = 0; at < sizeof text - 1;) {',
        '    const long written = write(4, text + at, sizeof text - 1 - at);',
        '    if (written <= 0) return 1;',
        '    at += (unsigned long)written;',
        '  }',
        '  return 0;',
        '}',
        '',
      ].join('\n')
    default:
      return undefined
  }
}
