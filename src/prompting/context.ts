import type { CandidateFailure } from '../core/failure.ts'
import type { Json } from '../core/json.ts'
import { durationText } from '../core/units.ts'
import type { Library } from '../core/library.ts'
import type { Objective, ObjectiveValues } from '../core/objective.ts'
import type { LineChange } from '../core/program.ts'

/** The answer's shape: SEARCH/REPLACE blocks against the parent, or the whole text of its evolve blocks. */
export type ReplyFormat = 'edits' | 'rewrite'

/** What one call of the program may use. */
export interface PromptLimits {
  /** Wall time of one call, in milliseconds. */
  readonly timeMs: number
  readonly memoryBytes: number
  /** Size of the returned data as JSON, in bytes. */
  readonly outputBytes: number
}

/** The task as a prompt tells it. Written by the user, hence trusted. */
export interface PromptProblem {
  readonly name: string
  readonly description: string
  /** Name of the function that is called; `undefined` where a program is run, or read, as a whole. */
  readonly entry: string | undefined
  /** Tag of code fences, for example `ts`. */
  readonly language: string
  /** At least one; the first is the fitness. */
  readonly objectives: readonly Objective[]
  readonly limits: PromptLimits
  /** What a program must not do, one sentence each; see {@link isolateRules} for the isolate backend. */
  readonly rules: readonly string[]
  /** What the evaluator says about its arguments and the value it wants. */
  readonly contract: string | undefined
  readonly known: readonly { readonly value: number; readonly source: string | undefined }[]
  /** Known values stay out of the prompt unless this is true. */
  readonly reveal: boolean
  /** Advice of the problem's author; `undefined` when there is none or it is not to be shown. */
  readonly hint: string | undefined
}

/** Lines that a change brought back. They come from a candidate. */
export interface PromptReadded {
  readonly lines: readonly string[]
  /** The program that had them last. */
  readonly from: number
  /** The child of that program that removed them, and what that gained in the first objective, positive is better. */
  readonly by: number
  readonly gain: number | undefined
}

/** What was tried on a program and what came of it. The summary may come from a model. */
export interface PromptAttempt {
  readonly summary: string
  readonly outcome:
    | { readonly ok: true; readonly objectives: ObjectiveValues }
    | { readonly ok: false; readonly failure: CandidateFailure }
  readonly readded?: readonly PromptReadded[] | undefined
}

/** The program to improve. Everything here but the numbers came from a candidate. */
export interface PromptParent {
  /** The whole file with its markers. */
  readonly source: string
  readonly objectives: ObjectiveValues
  /** Higher is better. */
  readonly fitness: number
  readonly feedback: string | undefined
  readonly artifacts: Readonly<Record<string, Json>>
  readonly console: string
}

/** Another program to learn from. */
export interface PromptInspiration {
  /** The whole file, or its genome alone. */
  readonly source: string
  readonly objectives: ObjectiveValues
  readonly fitness: number
}

/** A step on the way from the first program to the parent. */
export interface PromptStep {
  readonly ordinal: number
  readonly island: number
  readonly operator: string
  /** May come from a model; empty for the first program. */
  readonly summary: string
  readonly objectives: ObjectiveValues
  readonly readded?: readonly PromptReadded[] | undefined
}

/** Attempts on the parent that changed the same place, counted. */
export interface PromptCluster {
  /** Lines of the parent, from 1; `undefined` for attempts that never became a program. */
  readonly lines: { readonly first: number; readonly last: number } | undefined
  /** A line they changed, verbatim; may be empty. Comes from a candidate. */
  readonly anchor: string
  readonly attempts: number
  readonly improved: number
  readonly regressed: number
  /** Gain of the first objective, positive is better; `undefined` when none got a score. */
  readonly gain: { readonly best: number; readonly mean: number; readonly worst: number } | undefined
  readonly failures: Readonly<Record<string, number>>
}

/** Advice from the library; its words may come from a model. */
export interface PromptInsight {
  readonly id: number
  readonly condition: string
  readonly explanation: string
  readonly example: string
}

/** Programs of the search that are built of the same functions. Names come from candidates. */
export interface PromptApproach {
  readonly defines: readonly string[]
  readonly calls: readonly string[]
  readonly programs: number
  /** Raw value of the first objective that the best of them has. */
  readonly value: number
}

/** The transition that is to be analysed. */
export interface PromptTransition {
  readonly hunks: readonly LineChange[]
  readonly outcome:
    | { readonly ok: true; readonly objectives: ObjectiveValues; readonly feedback: string | undefined }
    | { readonly ok: false; readonly failure: CandidateFailure }
  /** Insights of its prompt that help and hurt by turns. */
  readonly mixed: readonly (PromptInsight & { readonly helped: number; readonly hurt: number })[]
}

/** One thing that a review grades. Written by the user, hence trusted. */
export interface PromptCriterion {
  readonly name: string
  readonly question: string
  /** The lowest and the highest grade. */
  readonly scale: readonly [low: number, high: number]
}

/** An instruction with what came of the prompts that it stood in. Its words may come from a model. */
export interface PromptInstruction {
  /** Several are wordings of which one is drawn. */
  readonly wordings: readonly string[]
  readonly uses: number
  readonly improved: number
  readonly meanGain: number | undefined
}

/** What a question for a better instruction is made of. */
export interface PromptMeta {
  /** The instruction to improve. */
  readonly current: PromptInstruction
  /** The others, in any order. */
  readonly others: readonly PromptInstruction[]
  /** Children of prompts with it that failed or were no better than their parents, the latest first. */
  readonly outcomes: readonly PromptAttempt[]
  /** Most characters of an instruction. */
  readonly limit: number
}

/** All that a prompt can be made of. What the template does not name is not used. */
export interface PromptContext {
  readonly problem: PromptProblem
  readonly replyFormat: ReplyFormat
  readonly parent: PromptParent
  /** What the problem's author asks of this island alone; trusted. `undefined` when there is nothing. */
  readonly brief: string | undefined
  /** Fitness of the best program so far; `undefined` while there is none. */
  readonly bestFitness: number | undefined
  /** In any order; a prompt shows them from worst to best. */
  readonly inspirations: readonly PromptInspiration[]
  /** From the first program to the parent, both included; a long way may lack its beginning. */
  readonly trail: readonly PromptStep[]
  /** What was tried on this parent, counted by place, the most tried place first. */
  readonly tried: readonly PromptCluster[]
  /** So many attempts on this parent brought nothing; `undefined` when some did or there were few. */
  readonly exhausted: number | undefined
  /** What was tried on this parent, oldest first. */
  readonly attempts: readonly PromptAttempt[]
  /** One lesson each, the most useful first. */
  readonly lessons: readonly string[]
  /** Chosen from the library for this prompt. */
  readonly insights: readonly PromptInsight[]
  /** Failed candidates of the whole search, the latest first. */
  readonly failedIdeas: readonly PromptAttempt[]
  /** Constructs that the elites have in common and the first program has not, the most common first. */
  readonly overused: readonly { readonly text: string; readonly elites: number; readonly of: number }[]
  /** What the best programs are made of, the approach with the best one first. */
  readonly approaches: readonly PromptApproach[]
  /** What a prompt asks for, in place of the template's own instruction. */
  readonly instruction?: string | undefined
  /** Set when a better instruction is asked for. */
  readonly meta?: PromptMeta | undefined
  /** Set when a transition is to be analysed; the parent is then the program before the change. */
  readonly transition: PromptTransition | undefined
  /** Set when a reply is to be corrected. */
  readonly repair: { readonly failure: CandidateFailure; readonly reply: string } | undefined
  /** Set when the parent is to be graded; `schema` is the JSON Schema of the answer as JSON. */
  readonly review?: { readonly criteria: readonly PromptCriterion[]; readonly schema: string } | undefined
}

/**
 * What the isolate backend does not allow, as prompts say it.
 *
 * @param several - Whether the program has several files.
 * @param timeBudgetMs - What each call sees running out; without it there is no clock.
 */
export function isolateRules(
  libraries: readonly Library[],
  several: boolean,
  timeBudgetMs?: number,
): readonly string[] {
  const clock = timeBudgetMs === undefined ? noClock : clockRule(timeBudgetMs)
  return [importRule(libraries, several), clock, ...otherIsolateRules]
}

function importRule(libraries: readonly Library[], several: boolean): string {
  const rest = 'There are no files, no network, no environment and no timers.'
  const own = several ? ['its own files by their relative paths, with their endings'] : []
  const allowed = [...own, ...libraries.map(libraryText)]
  if (allowed.length === 0) {
    return `No imports of any kind: the program sees the JavaScript language and nothing else. ${rest}`
  }
  return `The program may import ${allowed.join(' and ')}. It can import nothing else. ${rest}`
}

/** Longer lists of names crowd out the rest of the prompt. */
const exportsNamed = 60

function libraryText({ name, version, exports }: Library): string {
  const named = exports.filter((one) => one !== 'default')
  const shown = named.slice(0, exportsNamed).map((one) => `\`${one}\``)
  const more = named.length > shown.length ? [`${String(named.length - shown.length)} more`] : []
  const whole = exports.includes('default') ? ['a default export'] : []
  return `the library \`${name}\` ${version} (exports ${[...whole, ...shown, ...more].join(', ')})`
}

const noClock =
  'There is no clock: `Date` and `performance` do not exist, and the result must not depend on how fast the machine is.'

function clockRule(ms: number): string {
  return (
    `Each call has ${durationText(ms)} to work with and should use them: \`timeBudget.remaining()\` gives the milliseconds that are left. ` +
    '`timeBudget.best` is what the best program so far returned for the same arguments, or `undefined` when there is none yet: start from it where that helps, and never return anything worse. ' +
    'There is no other clock: `Date` and `performance` do not exist.'
  )
}

const otherIsolateRules: readonly string[] = [
  '`Math.random` works and is seeded, so that the same program always gives the same result.',
  'Return plain data only: finite numbers, strings, booleans, null, arrays and plain objects. One NaN or infinity makes the whole result invalid.',
]

/** What the process backend does not allow, as prompts say it. */
export const processRules: readonly string[] = [
  'There is no network, and nothing that the program writes to files is kept. Use the standard library; other packages are mostly not installed.',
  'The result must not depend on a clock or on how fast the machine is. Random numbers are seeded, so that the same program always gives the same result.',
  'What the program prints is shown to the author of the next version and counts for nothing.',
  'Return plain data only: finite numbers, text, booleans, null, lists and maps with text keys. One NaN or infinity makes the whole result invalid.',
]
