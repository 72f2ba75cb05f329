import { expect, it } from 'vitest'
import { joinFiles } from '../../src/core/program-files.ts'
import { blocksBetween } from '../../src/variation/blocks-between.ts'
import { readEditBlocks, writeEditBlocks } from '../../src/variation/edit-blocks.ts'
import { lineHunks } from '../../src/variation/line-hunks.ts'
import { applySearchReplace } from '../../src/variation/search-replace.ts'
import fc from '../seeded-properties.ts'

const oddLines = [
  '',
  ' ',
  '\t',
  'a',
  'a ',
  '  a',
  '\ta',
  'a\r',
  'b',
  '}',
  '=======',
  '<<<<<<< SEARCH',
  '>>>>>>> REPLACE',
  '```',
  '\u2028',
]
const line = fc
  .oneof({ weight: 4, arbitrary: fc.constantFrom(...oddLines) }, fc.string({ unit: 'binary', maxLength: 8 }))
  .map((text) => text.replaceAll('\n', ''))
const lines = fc.array(line, { maxLength: 12 })
/** The blocks before and after a change that keeps some lines. */
const change = fc
  .tuple(lines, lines, lines, lines, lines)
  .map(([a, b, c, d, e]) => ({ old: [...a, ...b, ...c], fresh: [...a, ...d, ...c, ...e] }))

function file(outside: readonly string[][], blocks: readonly string[][], ending: string): string {
  const marked = blocks.flatMap((block, index) => [
    '// EVOLVE-BLOCK-START',
    ...block,
    '// EVOLVE-BLOCK-END',
    ...(outside[index] ?? []),
  ])
  return marked.map((each) => each + ending).join('')
}

it('gives the child back when the blocks between it and its parent are applied', () => {
  const law = fc.property(
    fc.array(change, { minLength: 1, maxLength: 3 }),
    fc.array(lines),
    fc.constantFrom('\n', '\r\n'),
    (changes, outside, ending) => {
      const parent = file(
        outside,
        changes.map(({ old }) => old),
        ending,
      )
      const child = file(
        outside,
        changes.map(({ fresh }) => fresh),
        ending,
      )
      fc.pre(parent !== child)
      const reply = `Some words.\n${writeEditBlocks(blocksBetween(parent, child))}`
      const made = applySearchReplace(reply, { parent: { source: parent, traits: {} }, inspirations: [], seed: '' })
      expect(made).toMatchObject({ ok: true, source: child })
    },
  )
  fc.assert(law, { numRuns: 2000 })
})

it('gives a program of several files back from blocks that name their file, even where files hold the same lines', () => {
  const fileChange = fc.record({ change, ending: fc.constantFrom('\n', '\r\n'), whole: fc.boolean() })
  const law = fc.property(fc.array(fileChange, { minLength: 2, maxLength: 4 }), (changes) => {
    const made = (part: 'old' | 'fresh') =>
      changes.map(({ change: both, ending, whole }, index) => {
        const text = both[part].map((each) => each + ending).join('')
        return { path: `f${String(index)}.ts`, whole, text: whole ? text : file([], [both[part]], ending) }
      })
    const [parent, child] = [made('old'), made('fresh')]
    fc.pre(joinFiles(parent) !== joinFiles(child))
    const blocks = parent.flatMap((before, index) =>
      blocksBetween(joinFiles([before]), joinFiles(child.slice(index, index + 1))).map((block) => ({
        ...block,
        file: before.path,
      })),
    )
    const source = joinFiles(parent)
    const result = applySearchReplace(writeEditBlocks(blocks), {
      parent: { source, traits: {} },
      inspirations: [],
      seed: '',
    })
    expect(result).toMatchObject({ ok: true, source: joinFiles(child) })
  })
  fc.assert(law, { numRuns: 1000 })
})

it('reads back the blocks it writes', () => {
  const block = fc.record({ search: lines, replace: lines })
  const law = fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => {
    expect(readEditBlocks(writeEditBlocks(blocks))).toEqual({ ok: true, blocks })
  })
  fc.assert(law, { numRuns: 2000 })
})

it('finds hunks that rebuild the new lines', () => {
  const law = fc.property(change, ({ old, fresh }) => {
    const rebuilt: string[] = []
    let from = 0
    for (const hunk of lineHunks(old, fresh)) {
      rebuilt.push(...old.slice(from, hunk.from), ...fresh.slice(hunk.start, hunk.end))
      from = hunk.to
    }
    expect([...rebuilt, ...old.slice(from)]).toEqual(fresh)
  })
  fc.assert(law, { numRuns: 2000 })
})

it('quotes little of a long file for a small change', () => {
  const body = Array.from({ length: 400 }, (_, index) => `  line(${index})`)
  const parent = file([], [body], '\n')
  expect(blocksBetween(parent, parent.replace('line(7)', 'line(-7)').replace('line(300)', 'other'))).toEqual([
    { search: ['  line(7)'], replace: ['  line(-7)'] },
    { search: ['  line(300)'], replace: ['  other'] },
  ])
  expect(blocksBetween(parent, parent)).toEqual([])
})
