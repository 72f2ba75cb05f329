/*
 * The control every search has to beat: a (1+1) hill climber over the numeric literals of the same genome, scored by
 * the same evaluator, at the same number of evaluations. Candidates are variants of the trusted first program, so they
 * run in this process.
 *
 *     node bench/hill-climber.ts problems/circle-packing.yaml --evaluations 3000 --seeds 5
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import vm from 'node:vm'
import { parse } from 'yaml'
import type { Case, CaseResult } from '../src/core/evaluation.ts'
import type { Json } from '../src/core/json.ts'
import type { Objective } from '../src/core/objective.ts'
import { fitnessOf } from '../src/core/objective.ts'
import { rngStream } from '../src/core/rng.ts'
import { bundleEvaluator } from '../src/evaluation/evaluator/bundle.ts'
import type { Evaluator } from '../src/evaluation/evaluator/define.ts'
import { drawCases } from '../src/evaluation/evaluator/draw-cases.ts'
import { scoreCases } from '../src/evaluation/evaluator/score-cases.ts'
import { outlineOf } from '../src/variation/outline.ts'

interface ProblemText {
  readonly program: { readonly file: string; readonly entry: string }
  readonly evaluator: string
  readonly objectives: readonly Objective[]
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { evaluations: { type: 'string', default: '3000' }, seeds: { type: 'string', default: '5' } },
})
const problemFile = path.resolve(positionals[0] ?? 'problems/circle-packing.yaml')
const problem = parse(readFileSync(problemFile, 'utf8')) as ProblemText
const beside = (file: string): string => path.resolve(path.dirname(problemFile), file)
const first = readFileSync(beside(problem.program.file), 'utf8')
const { evaluator, cases } = await loadEvaluator()

const bests: number[] = []
for (let seed = 1; seed <= Number(flags.seeds); seed++) {
  bests.push(await climb(seed, Number(flags.evaluations)))
  console.log(`seed ${seed}  ${String(bests.at(-1))}`)
}
console.log(`median  ${String(bests.toSorted((a, b) => a - b)[Math.floor(bests.length / 2)])}`)

/** Multiplicative Gaussian steps on every literal of the genome, a third of them on average; the 1/5 success rule. */
async function climb(seed: number, evaluations: number): Promise<number> {
  const rng = rngStream(seed, 'hill-climber', 0)
  const sites = outlineOf(first)?.literals ?? []
  let values = sites.map(({ value }) => value)
  let best = await fitness(values)
  let step = 0.2
  for (let done = 1; done < evaluations; done++) {
    const next = values.map((value, index) => {
      if (rng.next() > 1 / 3) return value
      // An additive part lets a literal leave zero, and integers move by whole steps.
      const moved = value * (1 + step * rng.normal()) + (value === 0 ? 0.1 * step * rng.normal() : 0)
      return sites[index]?.integer === true ? Math.round(moved + 0.5 * rng.normal()) : moved
    })
    const found = await fitness(next)
    if (found > best) {
      ;[values, best, step] = [next, found, step * 1.5]
    } else {
      step = Math.max(1e-6, step * 1.5 ** -0.25)
    }
  }
  return problem.objectives[0]?.direction === 'minimize' ? -best : best

  async function fitness(literals: readonly number[]): Promise<number> {
    const source = sites.reduceRight(
      (text, { start, end }, index) => `${text.slice(0, start)}(${String(literals[index])})${text.slice(end)}`,
      first,
    )
    const outcome = await scoreCases(
      {
        evaluator,
        cases,
        objectives: problem.objectives.map(({ name }) => name),
        source,
        evaluatorPath: problem.evaluator,
      },
      cases.map((each) => run(source, each)),
    )
    return outcome.ok ? fitnessOf(problem.objectives, outcome.scored.objectives) : -Infinity
  }
}

function run(source: string, { id, args }: Case): CaseResult {
  try {
    const code = stripTypeScriptTypes(source).replaceAll(/^export /gm, '')
    const call = `JSON.stringify(${problem.program.entry}(...${JSON.stringify(args)}))`
    const value = JSON.parse(vm.runInNewContext(`${code}\n;${call}`, {}, { timeout: 1000 }) as string) as Json
    return { id, ok: true, value, ms: 0 }
  } catch (error) {
    return { id, ok: false, failure: { kind: 'threw', message: String(error) }, ms: 0 }
  }
}

async function loadEvaluator(): Promise<{ evaluator: Evaluator; cases: readonly Case[] }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'evolve-bench-'))
  try {
    const { file } = await bundleEvaluator(beside(problem.evaluator), folder)
    const module = (await import(pathToFileURL(file).href)) as { readonly default: Evaluator }
    return { evaluator: module.default, cases: drawCases(module.default, 'hill-climber', 'search', problem.evaluator) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
