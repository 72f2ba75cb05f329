import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { knownNames, openEvaluating } from '../../src/compose.ts'
import type { Evaluating } from '../../src/compose.ts'
import { loadProblem } from '../../src/config/load.ts'
import type { Problem } from '../../src/config/problem.ts'

/** Every problem that this repository ships, by the name of its file. */
export const problemFiles: readonly string[] = readdirSync(new URL('../../problems', import.meta.url))
  .filter((name) => /\.ya?ml$/.test(name))
  .sort()

/** Reads a problem of the suite; no key needs to be set. */
export function suiteProblem(file: string): Problem {
  const place = path.resolve(import.meta.dirname, '../../problems', file)
  const env = new Proxy<Record<string, string>>({}, { get: () => 'unset' })
  return loadProblem(place, { env, known: knownNames, overrides: { llm: false } }).problem
}

/** Starts what evaluates a problem, with the bundle in a folder that `close` removes. */
export async function openSuiteProblem(problem: Problem): Promise<Evaluating> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'evolve-suite-'))
  const evaluating = await openEvaluating(problem, 1, work)
  const close = async (): Promise<void> => {
    await evaluating.close()
    await rm(work, { recursive: true })
  }
  return { ...evaluating, close }
}
