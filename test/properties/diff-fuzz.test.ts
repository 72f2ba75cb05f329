import { expect, it } from 'vitest'
import { holdsFileHeader, joinFiles, splitFiles } from '../../src/core/program-files.ts'
import type { Rng } from '../../src/core/rng.ts'
import { rngStream } from '../../src/core/rng.ts'
import { diff } from '../../src/variation/diff.ts'
import { leaveTheBlocks, parseEvolveBlocks } from '../../src/variation/evolve-block.ts'
import { rewrite } from '../../src/variation/rewrite.ts'

/** Replies to try. `FUZZ_REPLIES=1000000 npx vitest run test/properties/diff-fuzz.test.ts` tries a million. */
const replies = Number(process.env['FUZZ_REPLIES'] ?? 20_000)

const marks = [
  '<<<<<<< SEARCH',
  '=======',
  '>>>>>>> REPLACE',
  '// EVOLVE-BLOCK-START',
  '// EVOLVE-BLOCK-END',
  '```',
  '```ts',
  '```ts b.ts',
  '<<<<<<< SEARCH b.ts',
  '// EVOLVE-FILE b.ts',
]
const odd = [
  '<<<<<<<< SEARCH',
  '====',
  '=========',
  '>>>>>> REPLACE',
  '<<<<<<< HEAD',
  '<<<<<<< SEARCH c.ts',
  '// EVOLVE-FILE new.ts whole',
  '  // EVOLVE-FILE a.ts',
  '# EVOLVE-BLOCK-END',
  '<think>',
  '</think>',
  '~~~',
]
const code = [
  'a()',
  '  b(1)',
  '  b(1) ',
  '\tc',
  '}',
  '',
  '   ',
  'x = 0.5',
  'fixed()',
  'ü 𝕏\uD800',
  'a()\r',
  '\u2028// EVOLVE-BLOCK-END',
]

/** A file with one to three blocks of few different lines, so that replies often match, once or more. */
function anyParent(rng: Rng): string {
  const ending = rng.pick(['\n', '\r\n'])
  const some = () => Array.from({ length: rng.int(6) }, () => rng.pick(code))
  const block = () => ['// EVOLVE-BLOCK-START', ...some(), '// EVOLVE-BLOCK-END', ...some()]
  return [...some(), ...Array.from({ length: 1 + rng.int(3) }, block).flat()].map((line) => line + ending).join('')
}

/** Two or three files, marked, whole or fixed, with one at least that may change. */
function anyFiles(rng: Rng): string {
  const lines = (most: number) => Array.from({ length: rng.int(most) }, () => `${rng.pick(code)}\n`).join('')
  const files = ['a.ts', 'b.ts', 'lib/c.ts'].slice(0, 2 + rng.int(2)).map((path, index) => {
    const marked = rng.next() < 0.4
    return { path, text: marked ? anyParent(rng) : lines(6), whole: !marked && (index === 0 || rng.next() < 0.5) }
  })
  return joinFiles(files.filter(({ text }) => !holdsFileHeader(text)))
}

function anyReply(rng: Rng, parent: string): string {
  const own = parent.split('\n')
  const some = () => Array.from({ length: rng.int(4) }, () => rng.pick(rng.next() < 0.6 ? own : code))
  const edit = () => {
    const at = rng.int(own.length)
    const search = rng.next() < 0.8 ? own.slice(at, at + 1 + rng.int(3)) : some()
    const replace = rng.next() < 0.3 ? search.flatMap((line) => [line, ...some()]) : some()
    const named = rng.next() < 0.7 ? '<<<<<<< SEARCH' : `<<<<<<< SEARCH ${rng.pick(['a.ts', 'b.ts', 'lib/c.ts', 'x'])}`
    return [named, ...search, '=======', ...replace, '>>>>>>> REPLACE']
  }
  const fence = () => [
    rng.next() < 0.6 ? '```ts' : `\`\`\`ts ${rng.pick(['a.ts', 'b.ts', 'lib/c.ts'])}`,
    ...(rng.next() < 0.5 ? own : some()),
    '```',
  ]
  const parts = Array.from({ length: 1 + rng.int(4) }, () => rng.pick([edit, edit, edit, fence, some])())
  const lines = parts.flat()
  for (let slips = rng.int(4); slips > 0; slips--) {
    const at = rng.int(lines.length + 1)
    if (rng.next() < 0.5) lines.splice(at, 1)
    else lines.splice(at, 0, rng.pick(rng.next() < 0.5 ? marks : odd))
  }
  const text = lines.join(rng.pick(['\n', '\n', '\r\n']))
  return rng.next() < 0.1 ? text.slice(0, rng.int(text.length + 1)) : text
}

it(`survives ${replies} replies and never edits outside the markers`, { timeout: 3_600_000 }, () => {
  const seen = new Map<string, number>()
  for (let index = 0; index < replies; index++) {
    const rng = rngStream(1, 'fuzz', index)
    const source = index % 3 === 0 ? anyFiles(rng) : anyParent(rng)
    if (!parseEvolveBlocks(source).ok) continue
    const reply = anyReply(rng, source)
    for (const operator of [diff, rewrite]) {
      const made = operator.apply(reply, { parent: { source, traits: {} }, inspirations: [], seed: '' })
      const kind = made.ok ? 'child' : made.failure.kind
      seen.set(kind, (seen.get(kind) ?? 0) + 1)
      // Plain comparisons: an assertion per reply would take longer than the replies.
      if (!made.ok) continue
      const strayed = made.source === source || leaveTheBlocks(source, made.source) !== undefined
      if (strayed || outsideOf(made.source) !== outsideOf(source) || filesOf(made.source) !== filesOf(source))
        throw new Error(`reply ${index} strayed: ${JSON.stringify({ source, reply })}`)
    }
  }
  const kinds = ['child', 'no-edit-found', 'search-missed', 'search-ambiguous', 'outside-evolve-block', 'unchanged']
  expect([...seen.keys()].sort()).toEqual(kinds.sort())
  expect(seen.get('child')).toBeGreaterThan(replies / 30)
})

/** The names of a program's files, and the text of those that are fixed. */
function filesOf(source: string): string {
  return JSON.stringify(
    splitFiles(source).map(({ path, whole, text }) => [path, whole, whole || /EVOLVE-BLOCK/.test(text) ? '' : text]),
  )
}

/** What is not genome, read by a rule of its own. */
function outsideOf(source: string): string {
  const parsed = parseEvolveBlocks(source)
  if (!parsed.ok) throw new Error('an unreadable child')
  let inside = false
  const lines = source.split('\n').filter((line) => {
    if (/^\s*\/\/ EVOLVE-BLOCK-END\s*$/.test(line)) inside = false
    const outside = !inside
    if (/^\s*\/\/ EVOLVE-BLOCK-START\s*$/.test(line)) inside = true
    return outside
  })
  return lines.join('\n')
}

it('reads ten million characters of any kind in time that grows with their number', () => {
  const source = '// EVOLVE-BLOCK-START\na()\n  b(1)\n// EVOLVE-BLOCK-END\n'
  const large = [
    '<',
    '<<<<<<< SEARCH\n',
    '<<<<<<< SEARCH\n=======\n',
    ' ',
    '=======\n',
    '```\n',
    '// EVOLVE-BLOCK-START\n',
    '\n',
    '// EVOLVE-BLOCK-END ',
  ]
  const edits = [
    '<<<<<<< SEARCH\na()\n=======\nb()\n>>>>>>> REPLACE\n',
    '<<<<<<< SEARCH\n\n=======\n\n>>>>>>> REPLACE\n',
  ]
  for (const part of [...large, ...edits]) {
    const reply = part.repeat(Math.ceil(1e7 / part.length))
    for (const operator of [diff, rewrite]) {
      const made = operator.apply(reply, { parent: { source, traits: {} }, inspirations: [], seed: '' })
      if (made.ok) expect(leaveTheBlocks(source, made.source)).toBeUndefined()
    }
  }
})
