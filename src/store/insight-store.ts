import type { InsightPredicate, KnownInsight, InsightStatus, Lesson, NewInsight, Tally } from '../core/insight.ts'
import type { LineChange, Readded } from '../core/program.ts'
import type { Attempt, StoredReply } from './stored-reply.ts'

/** A finished candidate whose transition is still to be analysed. */
export interface DueAnalysis {
  readonly ordinal: number
  /** Calls opened for the candidate so far, the lost ones included. */
  readonly attempts: number
  /** An answer that was already paid for, when a process died before it was read. */
  readonly reply: StoredReply | undefined
}

/** An insight as a prompt used it. */
export interface InsightRef {
  readonly id: number
  readonly version: number
}

/** A candidate's part in the trial of an insight. */
export interface TrialMember {
  /** Number of the insight. */
  readonly insight: number
  readonly version: number
  /** Pairs of the whole trial, 1 or more. */
  readonly pairs: number
  /** Whether its prompt holds the insight, and no other; without, it holds none. */
  readonly informed: boolean
}

/**
 * How a trial ended: prompts with the insight brought clearly better or clearly worse children than those without, or
 * neither; or it was given up before all of its members were made.
 */
export type TrialVerdict = 'better' | 'worse' | 'undecided' | 'abandoned'

/** A trial that has not ended. */
export interface OpenTrial {
  readonly id: number
  readonly insight: InsightRef
  readonly pairs: number
  /** What every member is made from. */
  readonly selection: {
    readonly island: number
    readonly operator: string
    readonly model: string | undefined
    readonly parent: number | undefined
    readonly inspirations: readonly number[]
    readonly generation: number
    /** Level of the curriculum; absent for the first. */
    readonly level?: number
  }
  /** Candidates selected for it so far, at most two for each pair. */
  readonly members: number
  /** What came of the finished members with the insight in their prompt. */
  readonly informed: Tally
  /** What came of the finished members without. */
  readonly uninformed: Tally
}

/** Another condition for an insight that helps and hurts by turns. */
export interface Refinement {
  readonly id: number
  /** When it applies, in words. */
  readonly condition: string
  readonly applies: InsightPredicate
}

/** What an analysis brought. */
export interface Learned {
  readonly lessons: readonly Lesson[]
  /** New ones; what the library has already is left out by the caller. */
  readonly insights: readonly NewInsight[]
  /** They add a version to insights of the library. */
  readonly refinements: readonly Refinement[]
  /** Lessons that were refused: their anchor is no quote, or they broke the form. */
  readonly dropped: number
  /** Why there is nothing, in words; `undefined` when the analysis came to its end. */
  readonly note: string | undefined
}

/** A step on the way from the first program to another. */
export interface TrailStep {
  readonly ordinal: number
  readonly island: number
  readonly operator: string
  /** What was changed, in one line. */
  readonly summary: string
  readonly objectives: Readonly<Record<string, number>>
}

/** A finished child with the lines in which it differs from its parent. */
export interface ChangedAttempt extends Attempt {
  readonly hunks: readonly LineChange[]
  /** What kind of place was changed, for example `literal`; only some operators say so. */
  readonly construct: string | undefined
}

/** A stored lesson. */
export interface StoredLesson extends Lesson {
  /** The child whose transition it is about. */
  readonly ordinal: number
}

/** The part of a run's store that remembers what was learned. Every method is one transaction. */
export interface InsightStore {
  /** Finished candidates whose analysis was due and is not done, oldest first. */
  due(): readonly DueAnalysis[]
  /** Ends an analysis: stores what it brought and takes the candidate off the list, together. */
  learn(ordinal: number, learned: Learned, now: number): void
  /** Adds insights that come from elsewhere. */
  add(insights: readonly NewInsight[], now: number): void
  /** The newest version of every insight, in order of their ids. */
  insights(): readonly KnownInsight[]
  /** The insights in use, not the retired ones, whose predicate holds for a parent and operator, in order of their ids. */
  applying(parent: number, operator: string): readonly KnownInsight[]
  /** What came of prompts without any insight: the record that an insight has to beat. */
  baseline(): Tally
  /** Moves the newest version of an insight to another status. */
  setStatus(id: number, status: InsightStatus, now: number): void
  /** Adds a version with another condition; the former ones stay. */
  refine(id: number, condition: string, applies: InsightPredicate, now: number): void
  /** The trial that is going on; there is one at a time. A candidate joins it with its selection. */
  trial(): OpenTrial | undefined
  /** Versions of insights that are or have been on trial, oldest trial first. */
  tried(): readonly InsightRef[]
  /** Ends the open trial; `better` makes its insight active and `worse` retires it, together. */
  endTrial(id: number, verdict: TrialVerdict, now: number): void
  /** Lessons about a program's own making and about its children, newest first. */
  lessons(program: number, limit: number): readonly StoredLesson[]
  /** The way from the first program to `ordinal`, both included; of a long one the last `limit` steps. */
  trail(ordinal: number, limit: number): readonly TrailStep[]
  /** The latest finished children of a program with their changes, oldest first; none whose evaluator broke. */
  changes(parent: number, limit: number): readonly ChangedAttempt[]
  /** Lines of a program that an ancestor of it had lost, in their order, the first 50. */
  readded(ordinal: number): readonly Readded[]
  /** Which of its parent's children a candidate is, from 1 in order of their selection; 0 for the first program. */
  siblingNumber(ordinal: number): number
  /** The latest failed candidates of the run with a reason that an author can learn from, newest first. */
  failures(limit: number): readonly Attempt[]
}
