import { defineEvaluator, invalid, z } from 'evolve-agent'
import type { CasesRequest } from 'evolve-agent'
import { editDistance } from './edit-distance-speed/edit-distance.ts'

type Rng = CasesRequest['rng']

const latin = Array.from('abcdefghijklmnopqrstuvwxyz     ')
const bases = Array.from('ACGT')

/** Letters of a text that is timed, more or less. */
const timedLength = 500

/** Kinds of pairs that are timed. */
const kinds: Readonly<Record<string, (length: number, rng: Rng) => readonly [string, string]>> = {
  edited: (length, rng) => {
    const text = drawn(length, latin, rng)
    return [text, edited(text, length / 25, latin, rng)]
  },
  genes: (length, rng) => {
    const text = drawn(length, bases, rng)
    return [text, edited(text, length / 8, bases, rng)]
  },
  unrelated: (length, rng) => [drawn(length, latin, rng), drawn(length + rng.int(60), latin, rng)],
}

function drawn(length: number, alphabet: readonly string[], rng: Rng): string {
  return Array.from({ length }, () => rng.pick(alphabet)).join('')
}

function edited(text: string, edits: number, alphabet: readonly string[], rng: Rng): string {
  const letters = Array.from(text)
  for (let edit = 0; edit < edits; edit++) {
    const at = rng.int(letters.length + 1)
    const letter = rng.pick(alphabet)
    const [removed, added] = rng.pick([
      [1, [letter]],
      [0, [letter]],
      [1, []],
    ] as const)
    letters.splice(at, removed, ...added)
  }
  return letters.join('')
}

/** Small pairs on which shortcuts go wrong. */
function smallPairs(rng: Rng): readonly (readonly [id: string, a: string, b: string])[] {
  const word = drawn(70, bases, rng)
  return [
    ['both-empty', '', ''],
    ['first-empty', '', word],
    ['second-empty', word, ''],
    ['equal', word, word],
    ['one-letter', 'a', 'b'],
    ['reversed', word, Array.from(word).reverse().join('')],
    ['shifted', word, `${word.slice(5)}${word.slice(0, 5)}`],
    ['repeated', 'ab'.repeat(40), 'ba'.repeat(41)],
    ['inside', word, `${drawn(30, bases, rng)}${word}${drawn(30, bases, rng)}`],
    ['other-script', 'żółć ąę', 'zolc aę'],
    ['lengths', drawn(300, latin, rng), drawn(20, latin, rng)],
    ...[31, 32, 33, 63, 64, 65, 128].map((length) => {
      const text = drawn(length, latin, rng)
      return [`words-${length}`, text, edited(text, 9, latin, rng)] as const
    }),
    ...Object.entries(kinds).map(([id, draw]) => [id, ...draw(300, rng)] as const),
  ]
}

/** Checks that distances are right on hidden pairs; the stage paired-timing says what the program is worth. */
export default defineEvaluator({
  output: z.array(z.int().min(0)),

  cases: ({ rng, split }) =>
    split === 'timing'
      ? Object.entries(kinds).map(([id, draw]) => ({ id, args: draw(timedLength, rng) }))
      : [{ id: 'small', args: [smallPairs(rng)] }],

  // All in one isolate: a fresh one for each of twenty pairs took most of the time that a wrong program costs.
  drive: ({ call }, pairs: readonly (readonly [string, string, string])[]) => pairs.map(([, a, b]) => call(a, b)),

  score({ cases: [only] }) {
    if (!only.ok) return only.failure
    const pairs = only.args[0] as ReturnType<typeof smallPairs>
    if (only.value.length !== pairs.length) return invalid('there is not one distance for each pair')
    for (const [index, [id, a, b]] of pairs.entries()) {
      const expected = editDistance(a, b)
      const given = only.value[index]
      if (given !== expected) return invalid(`pair ${id}: the distance is ${expected}, not ${given}`)
    }
    return { objectives: {} }
  },
})
