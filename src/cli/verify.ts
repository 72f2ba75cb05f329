import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { knownNames } from '../compose/names.ts'
import { loadProblem } from '../config/load.ts'
import { messageOf, UserError } from '../core/errors.ts'
import type { CaseResult } from '../core/evaluation.ts'
import { describeFailure } from '../core/failure.ts'
import { jsonText } from '../report/json-text.ts'
import { compareScores, scoreSheetSchema } from '../report/score-sheet.ts'
import type { ScoreSheet } from '../report/score-sheet.ts'
import { withEvaluating } from './carry-out.ts'
import { evaluateProgram } from './check.ts'
import type { Io } from './io.ts'

/**
 * `evolve verify <folder>`: evaluates an exported program again, alone, and compares every objective with its sheet.
 *
 * Where candidates see a clock the program itself would return something else, so the output that was scored is scored
 * again instead.
 *
 * @returns 0 when every objective is the same, to the last digit or within the noise that the run had measured.
 * @throws UserError when one is different, a file is not what it was, or the folder holds no sheet.
 */
export async function verifyVerb(io: Io, folder: string, flags: { readonly json?: boolean }): Promise<number> {
  const sheet = readSheet(folder)
  checkFiles(folder, sheet)
  const { problem } = loadProblem(path.join(folder, sheet.problem), { env: io.env, known: knownNames })
  const source = readFileSync(path.join(folder, sheet.source), 'utf8')
  const found = await withEvaluating(problem, sheet.seed, async (evaluating) => {
    if (sheet.reproducible) return (await evaluateProgram(problem, evaluating, source)).scored.objectives
    const [report] = Object.values(sheet.outputs) as { readonly cases: readonly CaseResult[] }[]
    if (report === undefined)
      throw new UserError('this program saw a clock and what it returned was not kept', { file: folder })
    const outcome = await evaluating.pool.score(report.cases, source)
    if (!outcome.ok)
      throw new UserError(`what it returned is refused: ${describeFailure(outcome.failure)}`, { file: folder })
    return outcome.scored.objectives
  })
  const comparisons = compareScores(sheet, found)
  const different = comparisons.filter(({ verdict }) => verdict === 'different')
  if (flags.json === true) io.out.write(`${jsonText({ verified: different.length === 0, comparisons })}\n`)
  else {
    for (const { name, stated, found: again, verdict } of comparisons) {
      io.out.write(`${name}  stated ${String(stated)}  found ${String(again)}  ${verdict}\n`)
    }
  }
  if (different.length > 0) {
    throw new UserError(`not verified: ${different.map(({ name }) => name).join(', ')} is not what the sheet states`, {
      file: path.join(folder, 'score.json'),
    })
  }
  if (flags.json !== true) io.out.write(`verified: program ${String(sheet.program)} of run ${sheet.run}\n`)
  return 0
}

function readSheet(folder: string): ScoreSheet {
  const file = path.join(folder, 'score.json')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(
      'cannot read the score sheet: name a folder that evolve export --format folder wrote',
      { file },
      { cause: error },
    )
  }
  try {
    return scoreSheetSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new UserError(`is no score sheet: ${messageOf(error).split('\n')[0] ?? ''}`, { file }, { cause: error })
  }
}

function checkFiles(folder: string, { files }: ScoreSheet): void {
  for (const [name, hash] of Object.entries(files)) {
    const file = path.join(folder, name)
    if (path.relative(folder, file).startsWith('..'))
      throw new UserError(`names a file outside its folder: ${name}`, { file: folder })
    let bytes: Uint8Array
    try {
      bytes = readFileSync(file)
    } catch (error) {
      throw new UserError('is missing from the folder', { file }, { cause: error })
    }
    if (createHash('sha256').update(bytes).digest('hex') !== hash) {
      throw new UserError('is not the file that was exported: its hash is another than the sheet states', { file })
    }
  }
}
