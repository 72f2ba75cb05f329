const startMark = 'EVOLVE-BLOCK-START'
const endMark = 'EVOLVE-BLOCK-END'
const number = /(?<![\w.$])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/i

/**
 * Answers a prompt of the `diff` operator the way a model would: with one SEARCH/REPLACE block that changes one number
 * of the program shown last in the prompt.
 *
 * The edited line stands inside the evolve block and only once in the program. Which line and by how much depends on
 * `turn` and on the prompt alone, so the same conversation gets the same replies.
 *
 * @param turn - Any whole number, for example how many replies were given before.
 */
export function editingReply(prompt: string, turn: number): string {
  const program = lastProgram(prompt)
  if (program === undefined) return 'I see no program with an evolve block in this prompt.'
  const lines = editableLines(program)
  if (lines.length === 0) return 'I see no line with a number that stands alone in the evolve block.'
  const chance = hash(`${turn}/${prompt}`)
  const line = lines[chance % lines.length] ?? ''
  const changed = line.replace(number, (literal) => nudged(literal, chance))
  return [
    'I change one constant, since its value decides how far the construction goes.',
    '',
    '<<<<<<< SEARCH',
    line,
    '=======',
    changed,
    '>>>>>>> REPLACE',
  ].join('\n')
}

/** The code in the prompt's last fenced block that holds an evolve block. */
function lastProgram(prompt: string): string | undefined {
  const fences = [...prompt.matchAll(/^(`{3,}|~{3,})[^\n`]*\r?\n([\s\S]*?)^\1\s*$/gm)].map((match) => match[2] ?? '')
  return fences.findLast((code) => code.includes(startMark))
}

function editableLines(program: string): readonly string[] {
  const lines = program.split('\n').map((line) => line.replace(/\r$/, ''))
  const from = lines.findIndex((line) => line.includes(startMark))
  const to = lines.findIndex((line, index) => index > from && line.includes(endMark))
  const block = lines.slice(from + 1, to === -1 ? undefined : to)
  const usable = block.filter(
    (line) =>
      number.test(line) &&
      !/^\s*(\/\/|\*|\/\*|#)/.test(line) &&
      // A search text must match in one place, also as a part of a longer line.
      program.split(line).length === 2,
  )
  const real = usable.filter((line) => /\d\.\d/.test(line))
  // A fraction is a tunable constant more often than an index or a count is.
  return real.length > 0 ? real : usable
}

function nudged(literal: string, chance: number): string {
  const value = Number(literal)
  const step = ((chance >>> 8) % 2 === 0 ? 1 : -1) * (1 + ((chance >>> 9) % 50)) * 0.001
  if (Number.isInteger(value) && !/[.e]/i.test(literal)) return String(Math.max(1, value + Math.sign(step)))
  return String(Number((value * (1 + step)).toPrecision(8)))
}

function hash(text: string): number {
  let state = 2166136261
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 16777619)
  return state >>> 0
}
