import { existsSync, statSync } from 'node:fs'
import { knownNames } from '../compose/names.ts'
import { previewPrompt } from '../compose/preview-prompt.ts'
import { textHash } from '../compose/hashes.ts'
import type { PreviewSource } from '../compose/preview-prompt.ts'
import { loadProblem, loadProblemFromText } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { loadTemplates } from '../config/templates.ts'
import { InvariantError, UserError } from '../core/errors.ts'
import { fitnessOf } from '../core/objective.ts'
import { costOf, priceOf } from '../llm/prices.ts'
import { loadTokenCounter } from '../llm/token-count.ts'
import { jsonText } from '../report/json-text.ts'
import { printable } from '../report/printable.ts'
import { tableText } from '../report/table.ts'
import type { NextPrompt } from '../run/preview.ts'
import { resolveRun } from '../store/runs-folder.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import { promptTokens, withEvaluating } from './carry-out.ts'
import { evaluateFirst } from './check.ts'
import type { Io } from './io.ts'

/** The flags of `evolve prompt`. */
export interface PromptFlags {
  readonly json?: boolean
  readonly seed?: number
  readonly runsDir: string
}

/** `evolve prompt <problem|run>`: prints the exact next prompt with its tokens and price, and sends nothing. */
export async function promptVerb(io: Io, target: string, flags: PromptFlags): Promise<number> {
  const countTokens = await loadTokenCounter()
  const templatesFor = (problem: Problem) => ({
    byName: loadTemplates(problem.file),
    countTokens,
    budgetTokens: promptTokens,
  })
  if (/\.ya?ml$/.test(target) && existsSync(target) && statSync(target).isFile()) {
    const { problem } = loadProblem(target, { env: io.env, known: knownNames, callsModels: false })
    const source = await firstProgramOnly(problem, flags.seed ?? 1)
    print(io, flags, problem, previewPrompt(problem, source, templatesFor(problem), 1), countTokens)
    return 0
  }
  const dir = resolveRun(flags.runsDir, target)
  const reader = openReadOnly(dir)
  try {
    const { identity } = reader
    const { problem } = loadProblemFromText(identity.config, {
      file: identity.problemFile,
      label: `${dir} (its stored config)`,
      env: io.env,
      known: knownNames,
      callsModels: false,
    })
    const next = previewPrompt(problem, reader, templatesFor(problem), reader.totals().selected + 1)
    print(io, flags, problem, next, countTokens)
  } finally {
    reader.close()
  }
  return 0
}

/** A run in which only the first program has been placed, on every island. */
async function firstProgramOnly(problem: Problem, seed: number): Promise<PreviewSource> {
  return withEvaluating(problem, seed, async (evaluating) => {
    const { scored, descriptors, cell: found } = await evaluateFirst(problem, evaluating)
    const fitness = fitnessOf(problem.objectives, scored.objectives)
    const [objective] = problem.objectives
    if (objective === undefined) throw new InvariantError('a problem has at least one objective')
    const program = {
      ordinal: 0,
      source: problem.program.source,
      generation: 0,
      island: 0,
      operator: 'first',
      traits: {},
    }
    return {
      identity: {
        name: problem.name,
        seed,
        createdAt: 0,
        version: '',
        problemFile: problem.file,
        config: '',
        evaluatorHash: evaluating.evaluatorHash,
        programHash: textHash(problem.program.source),
        libraries: evaluating.libraries,
        contract: evaluating.contract,
        reproducible: problem.timeBudgetMs === undefined,
        objective,
      },
      program: () => program,
      evaluation: () => ({ ...scored, descriptors, fitness }),
      events: () => [],
      measures: () => [{ ...objective, noise: 0, repeats: 1 }],
      memory: {
        due: () => [],
        insights: () => [],
        applying: () => [],
        trial: () => undefined,
        tried: () => [],
        baseline: () => ({ helped: 0, hurt: 0, irrelevant: 0 }),
        lessons: () => [],
        trail: () => [{ ...program, summary: 'the first program', objectives: scored.objectives }],
        changes: () => [],
        readded: () => [],
        siblingNumber: () => 0,
        failures: () => [],
      },
      instructions: { population: () => [] },
      lineage: () => [{ ordinal: 0, parent: undefined, fitness }],
      madeBy: () => [],
      latestTrials: () => [],
      bestSibling: () => undefined,
      placements: () =>
        Array.from({ length: problem.archive.islands }, (_, island) => ({
          ordinal: 0,
          island,
          ...found,
          decision: 'new-cell' as const,
          fitness,
          displaced: undefined,
          via: 'birth' as const,
        })),
    }
  })
}

function print(
  io: Io,
  flags: PromptFlags,
  problem: Problem,
  next: NextPrompt | undefined,
  countTokens: (text: string) => number,
): void {
  if (next === undefined) {
    throw new UserError('no operator that asks a model has a weight above 0', {
      file: problem.file,
      key: 'search.operators',
    })
  }
  const { prompt, selected } = next
  const parts = [{ name: 'system', text: prompt.system }, ...prompt.sections]
  const sections = parts.map(({ name, text }) => ({ name, tokens: countTokens(text) }))
  const tokens = countTokens(prompt.system) + countTokens(prompt.user)
  const model = problem.llm.models.find(({ name }) => name === selected.model)
  const price = model === undefined ? undefined : priceOf(model)
  const usd =
    price === undefined
      ? undefined
      : costOf(price, { input: tokens, output: 0, cached: undefined, reasoning: undefined })
  if (flags.json === true) {
    const { system, user, template } = prompt
    io.out.write(`${jsonText({ ...selected, template, system, user, sections, tokens, inputUsd: usd })}\n`)
    return
  }
  const cost = usd === undefined ? 'price unknown' : `${usd.toPrecision(3)} USD for the input`
  io.out.write(
    printable(
      [
        `--- system\n${prompt.system}`,
        `--- user\n${prompt.user}`,
        `--- next: candidate ${String(selected.ordinal)}, operator ${selected.operator}, parent ${String(selected.parent)}, model ${selected.model ?? 'none configured'}`,
        tableText(
          ['section', 'tokens'],
          [...sections.map(({ name, tokens: count }) => [name, count]), ['whole prompt', tokens]],
        ),
        `${cost}; nothing was sent\n`,
      ].join('\n\n'),
    ),
  )
}
