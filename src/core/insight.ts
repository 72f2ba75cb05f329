/** What a lesson advises: do the same, do not, apply it elsewhere, look further in that direction, or work it out. */
export const lessonKinds = ['imitate', 'avoid', 'generalise', 'explore', 'refine'] as const

/** One of {@link lessonKinds}. */
export type LessonKind = (typeof lessonKinds)[number]

/** What one transition from a parent to a child teaches. */
export interface Lesson {
  readonly kind: LessonKind
  /** When it applies, in words. */
  readonly condition: string
  /** Why, in at most 40 words. */
  readonly explanation: string
  /** A verbatim quote of the lines that were changed. */
  readonly anchor: string
}

/** To which parents an insight applies, as SQL can check it; what is `undefined` restricts nothing. */
export interface InsightPredicate {
  /** Text that the parent's source holds. */
  readonly contains?: string | undefined
  /** Text that the parent's source does not hold. */
  readonly lacks?: string | undefined
  /** The parent's raw value of the first objective is greater than this. */
  readonly above?: number | undefined
  /** The parent's raw value of the first objective is less than this. */
  readonly below?: number | undefined
  /** The operator that is to make the child. */
  readonly operator?: string | undefined
}

/**
 * Where an insight stands: `draft` until it helped once, `active` from then on, `refined` when its condition was rewritten,
 * `retired` when it does more harm than asking without it.
 */
export type InsightStatus = 'draft' | 'active' | 'refined' | 'retired'

/** Advice that holds beyond one transition. A new version has another condition; everything else stays. */
export interface Insight {
  /** Number within the run, from 1. */
  readonly id: number
  /** From 1. */
  readonly version: number
  readonly taxonomy: LessonKind
  /** When it applies, in words. */
  readonly condition: string
  readonly applies: InsightPredicate
  readonly explanation: string
  /** The lines it was learned from. */
  readonly example: string
  readonly status: InsightStatus
  /** `program 12`, or the run it was imported from. */
  readonly origin: string
}

/** What came of the prompts that an insight stood in. */
export interface Tally {
  /** The child was better than its parent, beyond the noise. */
  readonly helped: number
  /** The child was worse, or failed when it was run. */
  readonly hurt: number
  /** No difference, or there was no child to judge. */
  readonly irrelevant: number
}

/** An insight with its record over all its versions, an imported record included. */
export interface KnownInsight extends Insight, Tally {}

/** An insight on its way into the library. */
export type NewInsight = Omit<Insight, 'id' | 'version' | 'status'> &
  Partial<Tally> & { readonly status?: InsightStatus }
