import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../config/problem.ts'
import { bundleEvaluator } from './bundle.ts'
import type { EvaluatorBundle } from './bundle.ts'
import type { ScorerCommand } from './command-evaluator.ts'

/**
 * Makes the evaluator of a problem ready to be loaded: its module bundled, or a module around its command.
 *
 * The hash of a command covers its words and the files that they name; what those files load is not in it.
 *
 * @param outDir - Where the module is written; made when missing.
 * @throws {@link UserError} or {@link UserErrors} as {@link bundleEvaluator} does.
 */
export async function evaluatorBundle(
  { evaluator, scorer, file }: Pick<Problem, 'evaluator' | 'scorer' | 'file'>,
  outDir: string,
): Promise<EvaluatorBundle> {
  if (scorer === undefined) return bundleEvaluator(evaluator, outDir)
  const folder = path.dirname(file)
  const inputs: string[] = []
  const hash = createHash('sha256')
  const command = scorer.command.map((word, index) => {
    const beside = path.resolve(folder, word)
    const named = (index > 0 || word.includes('/')) && existsSync(beside)
    hash.update(`${word}\0`)
    if (!named) return word
    if (statSync(beside).isFile()) {
      inputs.push(beside)
      hash.update(readFileSync(beside))
    }
    return beside
  })
  const digest = hash.digest('hex')
  const extension = path.extname(fileURLToPath(import.meta.url))
  const maker = new URL(`command-evaluator${extension}`, import.meta.url).href
  const setup: ScorerCommand = { command, folder, timeMs: scorer.timeMs }
  const text = `import { commandEvaluator } from ${JSON.stringify(maker)}\nexport default commandEvaluator(${JSON.stringify(setup)})\n`
  mkdirSync(outDir, { recursive: true })
  const written = path.resolve(outDir, `scorer-${digest.slice(0, 12)}.mjs`)
  writeFileSync(written, text)
  return { file: written, hash: digest, inputs }
}
