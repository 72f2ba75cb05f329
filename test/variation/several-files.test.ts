import { describe, expect, it } from 'vitest'
import { joinFiles, splitFiles } from '../../src/core/program-files.ts'
import { diff } from '../../src/variation/diff.ts'
import type { ModelOperator } from '../../src/variation/operator.ts'
import { rewrite } from '../../src/variation/rewrite.ts'

const source = joinFiles([
  { path: 'pack.ts', whole: true, text: 'start()\nshared()\n' },
  {
    path: 'lib/circle.ts',
    whole: false,
    text: 'head()\n// EVOLVE-BLOCK-START\nshared()\narea()\n// EVOLVE-BLOCK-END\n',
  },
  { path: 'fixed.ts', whole: false, text: 'shared()\nfixed()\n' },
])
const apply = (operator: ModelOperator, reply: string, parent = source) =>
  operator.apply(reply, { parent: { source: parent, traits: {} }, inspirations: [], seed: '' })
const edit = (search: string, replace: string, file = '') =>
  `<<<<<<< SEARCH${file === '' ? '' : ` ${file}`}\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`
const files = (operator: ModelOperator, reply: string) => {
  const made = apply(operator, reply)
  if (!made.ok) throw new Error(JSON.stringify(made.failure))
  return Object.fromEntries(splitFiles(made.source).map(({ path, text }) => [path, text]))
}
const failure = (operator: ModelOperator, reply: string) => {
  const made = apply(operator, reply)
  if (made.ok) throw new Error(made.source)
  return made.failure
}

describe('edits of several files', () => {
  it('go into the file that they name, all at once', () => {
    const reply = edit('shared()', 'one()', 'pack.ts') + edit('shared()', 'two()', '`./circle.ts`')
    expect(files(diff, reply)).toEqual({
      'pack.ts': 'start()\none()\n',
      'lib/circle.ts': 'head()\n// EVOLVE-BLOCK-START\ntwo()\narea()\n// EVOLVE-BLOCK-END\n',
      'fixed.ts': 'shared()\nfixed()\n',
    })
    expect(apply(diff, reply)).toMatchObject({
      change: {
        summary: '2 edits at pack.ts line 2 (-1 +1), lib/circle.ts line 3 (-1 +1)',
        detail: {
          edits: [
            { file: 'pack.ts', line: 2 },
            { file: 'lib/circle.ts', line: 3 },
          ],
        },
      },
    })
  })

  it('need no name where the text stands in one place', () => {
    expect(files(diff, edit('area()', 'volume()'))['lib/circle.ts']).toContain('volume()')
    expect(failure(diff, edit('shared()', 'one()'))).toMatchObject({ kind: 'search-ambiguous', matches: 2 })
  })

  it('fail with the file they should have named, or quoted', () => {
    expect(failure(diff, edit('area()', 'x()', 'new.ts'))).toEqual({
      kind: 'search-missed',
      message: "edit 1 names the file new.ts; the program's files are pack.ts, lib/circle.ts, fixed.ts",
    })
    expect(failure(diff, edit('fixed()', 'x()', 'fixed.ts'))).toMatchObject({
      kind: 'outside-evolve-block',
      message: 'edit 1: nothing in the file fixed.ts may change',
    })
    expect(failure(diff, edit('fixed()', 'x()'))).toMatchObject({ kind: 'outside-evolve-block' })
    expect(failure(diff, edit('head()', 'x()', 'lib/circle.ts'))).toMatchObject({ kind: 'outside-evolve-block' })
    expect(failure(diff, edit('areas()', 'x()', 'lib/circle.ts'))).toMatchObject({
      kind: 'search-missed',
      nearest: { file: 'lib/circle.ts', line: 4, text: 'area()' },
    })
  })

  it('can add neither files nor markers', () => {
    for (const line of [
      '// EVOLVE-FILE evil.ts',
      ' //  EVOLVE-FILE evil.ts whole',
      '// EVOLVE-BLOCK-END',
      '// EVOLVE-BLOCK-START',
    ]) {
      expect(failure(diff, edit('start()', `start()\n${line}`, 'pack.ts')), line).toMatchObject({
        kind: 'outside-evolve-block',
      })
      expect(failure(rewrite, `\`\`\`ts pack.ts\n${line}\nx()\n\`\`\``), line).toMatchObject({
        kind: 'outside-evolve-block',
      })
    }
  })
})

describe('a rewrite of several files', () => {
  it('replaces the files that fences name, the last of each, and keeps the others', () => {
    const reply =
      '```ts pack.ts\ndraft()\n```\n```ts title="lib/circle.ts"\nround()\n```\n```typescript:pack.ts\nfinal()\n```\n'
    expect(files(rewrite, reply)).toEqual({
      'pack.ts': 'final()\n',
      'lib/circle.ts': 'head()\n// EVOLVE-BLOCK-START\nround()\n// EVOLVE-BLOCK-END\n',
      'fixed.ts': 'shared()\nfixed()\n',
    })
  })

  it('takes a file with its markers, and refuses what may not change', () => {
    const whole = '```ts lib/circle.ts\nother()\n// EVOLVE-BLOCK-START\nround()\n// EVOLVE-BLOCK-END\n```\n'
    expect(files(rewrite, whole)['lib/circle.ts']).toBe('head()\n// EVOLVE-BLOCK-START\nround()\n// EVOLVE-BLOCK-END\n')
    expect(failure(rewrite, '```ts fixed.ts\nx()\n```')).toEqual({
      kind: 'outside-evolve-block',
      message: 'nothing in the file fixed.ts may change',
    })
  })

  it('has to name files where several may change', () => {
    expect(failure(rewrite, '```ts\nx()\n```')).toEqual({
      kind: 'no-edit-found',
      message:
        'no fence names a file of the program: name the file behind the language of its fence, as in ```ts pack.ts',
    })
    const single = joinFiles([
      { path: 'a.ts', whole: true, text: 'a()\n' },
      { path: 'b.ts', whole: false, text: 'b()\n' },
    ])
    const made = apply(rewrite, '```ts\nx()\n```', single)
    expect(made.ok && splitFiles(made.source)[0]?.text).toBe('x()\n')
  })
})
