/** When a stage may start, seen from another one that it comes after. */
export type After = 'success' | 'failure' | 'always'

/** A stage as a problem declares it. */
export interface StageDeclaration {
  /** Key of the problem that declares it, for messages. */
  readonly key?: string
  /** Unique within the pipeline. */
  readonly name: string
  readonly kind: string
  /** Stage by input port; a port that is left out is connected to the nearest stage listed before that gives its type. */
  readonly needs: Readonly<Record<string, string>>
  readonly after: Readonly<Record<string, After>>
  /** Condition over objectives, as text; the stage is skipped when it does not hold. */
  readonly when: string | undefined
  /** Resource class; `undefined` means that of the kind. */
  readonly resource: string | undefined
  /** Longest time in milliseconds, counted from when it has its slot; `undefined` means no limit of its own. */
  readonly timeoutMs: number | undefined
  /** How often it is tried again after breakage of ours. */
  readonly retries: number
  /** Whether its results may come from the cache and go into it. */
  readonly cache: boolean
  /** What its kind alone understands. */
  readonly options: Readonly<Record<string, unknown>>
}

/** The pipeline of a problem. */
export interface PipelineDeclaration {
  readonly stages: readonly StageDeclaration[]
  /** Stages at work at the same time, by resource class. */
  readonly resources: Readonly<Record<string, number>>
  /** A run stops after this many candidates in a row for which the evaluator broke with the same message. */
  readonly pauseAfter: number
}
