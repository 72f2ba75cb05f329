// Writes docs/problems.md from the YAML files of problems/. With --check it only tells whether the page is up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { format, resolveConfig } from 'prettier'
import { parse } from 'yaml'

const root = path.resolve(import.meta.dirname, '..')
const target = path.join(root, 'docs/problems.md')
const page = await pageOf(
  readdirSync(path.join(root, 'problems'))
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((file) => ({ file, ...parse(readFileSync(path.join(root, 'problems', file), 'utf8')) })),
)

if (!process.argv.includes('--check')) {
  writeFileSync(target, page)
} else if (readFileSync(target, 'utf8') !== page) {
  process.stderr.write('docs/problems.md is not what problems/*.yaml say: run npm run problems\n')
  process.exitCode = 1
}

async function pageOf(problems) {
  const text = `# The problems of the suite

<!-- Written by npm run problems from the YAML files of problems/. Change those, not this page. -->

${problems.length} problems that people know, each a YAML file, a first program and an evaluator that recomputes everything from plain data
at tolerance 0. Run one with \`npx evolve problems/NAME.yaml\`, all with \`npm run suite\`. What a run reaches stands in the page that
\`npm run suite\` writes.

| problem | what is scored | trivial value | best checked value | claimed |
| ------- | -------------- | ------------- | ------------------ | ------- |
${problems.map(rowOf).join('\n')}

A value is **checked** when its solution was recomputed without any tolerance: by exact fractions, whole numbers or many digits. Published
solutions are in \`test/fixtures/constructions/\`, and a test scores each with the evaluator to twelve significant digits. **Claimed** values
are published without a solution that could be checked, or lean on a tolerance. A problem counts as solved within a millionth of its best
checked value.

Each YAML file says more: where the values come from, what the axes of the archive mean, and a hint about methods that are known
to work. The hint stays out of prompts unless \`hint.show\` is set to \`true\`.

## How candidates take part

${problems.map(styleOf).join('\n')}

## What every evaluator has to survive

\`test/evaluators/hostile.ts\` lists programs that cheat: NaN and infinities, wrong counts, reported scores, huge integers, getters,
proxies, \`toJSON\`, patched prototypes, changed inputs, late changes, empty answers, numbers whose squares vanish, an answer to another
size. \`test/evaluators/hostile.test.ts\` runs the list over every YAML file of \`problems/\`, so a new problem cannot skip it. For programs that run as processes
\`test/evaluators/hostile-answers.ts\` has the same tricks as answers that any language can write.
`
  return format(text, { ...(await resolveConfig(target)), parser: 'markdown' })
}

function rowOf({ name, file, objectives, known = [], trivial, description }) {
  const [{ name: objective, direction }] = objectives
  const best = (list) =>
    list.reduce((top, each) => (top === undefined || better(direction, each, top) ? each : top), undefined)
  const checked = best(known.filter(({ tolerance }) => tolerance === 0))
  const claims = known.filter(
    (each) => each.tolerance !== 0 && (checked === undefined || better(direction, each, checked)),
  )
  const cells = [
    `[${name}](../problems/${file})`,
    `\`${objective}\`, ${direction}: ${firstSentence(description)}`,
    valueText(trivial),
    valueText(checked),
    claims.map(valueText).join('; ') || '-',
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function better(direction, one, other) {
  return direction === 'maximize' ? one.value > other.value : one.value < other.value
}

function valueText(known) {
  if (known === undefined) return '-'
  return known.source === undefined ? `${known.value}` : `${known.value} (${known.source})`
}

function firstSentence(description) {
  return /^.*?[.;](?=\s|$)/s.exec(description.trim())?.[0].replaceAll(/\s+/g, ' ').replace(/[.;]$/, '') ?? description
}

/** Whether the evaluator plays its cases step by step, so that the program sees no more than each step shows. */
function isDriven(evaluator) {
  return /^ {2}drive\b/m.test(readFileSync(path.join(root, 'problems', evaluator), 'utf8'))
}

function styleOf({ name, program, time_budget: timeBudget, evaluation, evaluator }) {
  const imports = program.imports?.length > 0 ? ` with ${program.imports.map((each) => `\`${each}\``).join(', ')}` : ''
  const style = isDriven(evaluator)
    ? `a rule: the evaluator calls \`${program.entry}\`${imports} step by step and shows it no more than each step needs`
    : timeBudget === undefined
      ? `a constructor: \`${program.entry}\` is called${imports} and what it returns is scored`
      : `a search: each call of \`${program.entry}\` improves the best answer so far for ${timeBudget}${imports}; the answer that it ends with is scored like any other`
  return `- ${name}: ${program.entry === undefined ? `the program itself is the answer (backend ${evaluation?.backend ?? 'isolate'})` : style}.`
}
