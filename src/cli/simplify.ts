import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { simplifyRun } from '../compose/simplify-run.ts'
import { InfrastructureError, messageOf, UserError } from '../core/errors.ts'
import { isSeveralFiles, splitFiles } from '../core/program-files.ts'
import { systemClock } from '../core/system-clock.ts'
import { jsonText } from '../report/json-text.ts'
import { countText, scoreText } from '../report/numbers.ts'
import { canRedraw } from '../report/output.ts'
import type { Simplified } from '../run/simplify.ts'
import { resolveRun } from '../store/runs-folder.ts'
import { openSqliteRun } from '../store/sqlite/run-store.ts'
import type { SqliteRunStore } from '../store/sqlite/owned-run.ts'
import { genomeOf } from '../variation/evolve-block.ts'
import { withEvaluating } from './carry-out.ts'
import { exitCodes } from './exit.ts'
import type { Io } from './io.ts'
import { programOf, withRun } from './named-program.ts'
import { refuseChanges, storedProblem } from './stored-problem.ts'

/** The flags of `evolve simplify`. */
export interface SimplifyFlags {
  /** Most programs to try. */
  readonly candidates: number
  /** Where the shortest program is written. */
  readonly output?: string
  /** Where the problem file is now, should it have moved. */
  readonly problem?: string
  readonly json?: boolean
  readonly runsDir: string
}

/**
 * `evolve simplify <run> [program]`: makes a program shorter without making it worse, through the run's own pipeline. The
 * attempts stand in tables of their own and are no candidates of the search. Ctrl+C keeps what was found, and the same
 * command goes on.
 */
export async function simplifyVerb(io: Io, run: string, program: string, flags: SimplifyFlags): Promise<number> {
  const dir = resolveRun(flags.runsDir, run)
  const ordinal = withRun(flags.runsDir, run, (reader) => programOf(reader, run, program))
  const store = openSqliteRun(dir)
  const stop = new AbortController()
  const unregister = io.onInterrupt(() => stop.abort())
  try {
    const { problem } = storedProblem(store.identity, dir, { moved: flags.problem, env: io.env })
    refuseUnscored(store, run, ordinal)
    return await withEvaluating(problem, store.identity.seed, async (evaluating) => {
      refuseChanges(problem, store.identity, evaluating)
      const progress = progressOn(io, flags)
      const simplified = await simplifyRun({
        ...{ problem, store, evaluating, ordinal, clock: systemClock, signal: stop.signal },
        most: flags.candidates,
        progress: (state) => progress.show(state),
      }).catch((error: unknown) => {
        if (stop.signal.aborted) return undefined
        throw error
      })
      progress.end()
      if (simplified === undefined) return exitCodes.interrupted
      const extension = path.extname(problem.program.file)
      const file = flags.output ?? path.join(dir, `simplified-${String(ordinal)}${extension}`)
      const written = writeProgram(file, extension, simplified.after.source)
      io.out.write(
        flags.json === true ? `${jsonText(factsOf(simplified, written))}\n` : textOf(run, simplified, written),
      )
      return simplified.ended === undefined ? exitCodes.interrupted : exitCodes.done
    })
  } finally {
    unregister()
    store.close()
  }
}

function refuseUnscored(store: SqliteRunStore, run: string, ordinal: number): void {
  if (store.evaluation(ordinal) === undefined) {
    throw new UserError(`program ${String(ordinal)} of run ${run} has no score that a shorter one could keep`)
  }
}

/** One line that is drawn again on a terminal, a line every few seconds elsewhere. */
function progressOn(io: Io, flags: SimplifyFlags) {
  if (flags.json === true) return { show: () => undefined, end: () => undefined }
  const redraws = canRedraw(io.out, io.env)
  let told = systemClock.now()
  let open = false
  return {
    show: (state: Simplified): void => {
      const now = systemClock.now()
      if (now - told < (redraws ? 100 : 5000)) return
      told = now
      const { attempts, before, after } = state
      const text = `${countText(attempts)} of at most ${countText(flags.candidates)} tried, ${sizeText(before, after)}`
      io.out.write(redraws ? `\r\u001B[2K${text}` : `${text}\n`)
      open = redraws
    },
    end: (): void => {
      if (open) io.out.write('\r\u001B[2K')
    },
  }
}

type Sized = Simplified['before']

function sizeText(before: Pick<Sized, 'characters'>, after: Pick<Sized, 'characters'>): string {
  const share =
    before.characters === 0 ? 0 : Math.round((100 * (before.characters - after.characters)) / before.characters)
  return `${countText(before.characters)} -> ${countText(after.characters)} characters (${String(share)} % less)`
}

function linesOf({ source }: Sized): number {
  return genomeOf(source).split('\n').length
}

function factsOf({ before, after, ...rest }: Simplified, written: string) {
  const told = (sized: Sized) => ({
    characters: sized.characters,
    lines: linesOf(sized),
    objectives: sized.objectives,
  })
  return { ...rest, ended: rest.ended ?? 'interrupted', before: told(before), after: told(after), written }
}

function textOf(run: string, simplified: Simplified, written: string): string {
  const { ordinal, before, after, attempts, kept, ended } = simplified
  const scores = Object.entries(before.objectives).map(
    ([name, value]) => `${name} ${scoreText(value)} -> ${scoreText(after.objectives[name])}`,
  )
  const endings = {
    minimal: 'nothing more can go without making it worse',
    candidates: `more with --candidates ${String(2 * attempts)}`,
  }
  return [
    `${run}: program ${String(ordinal)} made shorter`,
    `  genome    ${sizeText(before, after)}, ${countText(linesOf(before))} -> ${countText(linesOf(after))} lines`,
    `  scores    ${scores.join(', ')}`,
    `  attempts  ${countText(attempts)} tried, ${countText(kept)} kept: ${ended === undefined ? 'interrupted, the same command goes on' : endings[ended]}`,
    `  written   ${written}`,
    '',
  ].join('\n')
}

/** Writes a program, of several files into a folder. @returns the file or folder. */
function writeProgram(file: string, extension: string, source: string): string {
  const target = isSeveralFiles(source) ? file.slice(0, file.endsWith(extension) ? -extension.length : undefined) : file
  const parts = isSeveralFiles(source)
    ? splitFiles(source).map(({ path: name, text }) => ({ place: path.join(target, name), text }))
    : [{ place: target, text: source }]
  try {
    for (const { place, text } of parts) {
      mkdirSync(path.dirname(place), { recursive: true })
      writeFileSync(place, text)
    }
  } catch (error) {
    throw new InfrastructureError(`${target} could not be written: ${messageOf(error)}`, { cause: error })
  }
  return target
}
