import type { Axis } from '../core/descriptor.ts'
import type { SourceForm } from '../core/language.ts'
import type { Level } from '../core/level.ts'
import type { Objective } from '../core/objective.ts'
import type { InspirationWay } from '../selection/inspirations.ts'
import type { Limits } from '../evaluation/backend.ts'
import type { ProcessSpec } from '../evaluation/process/spec.ts'
import type { PipelineDeclaration } from '../pipeline/declaration.ts'

/** A value with where it comes from, in the raw unit of the first objective. */
export interface SourcedValue {
  readonly value: number
  readonly source: string | undefined
}

/** A value somebody published. */
export interface KnownValue extends SourcedValue {
  /** By how much the published solution breaks a constraint, 0 for one that was checked exactly; absent when unknown. */
  readonly tolerance: number | undefined
}

/** One language model of the ensemble. */
export interface ModelConfig {
  /** Unique within the problem; what ledgers and tables call it. Defaults to `model`. */
  readonly name: string
  readonly provider: 'openai' | 'anthropic' | 'replay'
  readonly model: string
  /** Which of the vendor's protocols: `chat` completions or `responses`; only `openai` has a choice. */
  readonly api: 'chat' | 'responses'
  /** Address of an OpenAI-compatible server, without a trailing slash; `undefined` means the vendor's own. */
  readonly baseUrl: string | undefined
  /** The key itself, expanded from the environment. Never stored, logged or shown. */
  readonly apiKey: string | undefined
  /** Share of draws relative to the other models; above 0. */
  readonly weight: number
  /** Sampling temperatures 0 to 2, one of which is drawn for each call; empty leaves it to the server. */
  readonly temperatures: readonly number[]
  /** Hard limit on output tokens of one reply, reasoning included. */
  readonly maxTokens: number
  readonly reasoningEffort: 'minimal' | 'low' | 'medium' | 'high' | undefined
  /** USD per million tokens, overriding the price list; `undefined` leaves it to the list. */
  readonly price: { readonly input: number; readonly output: number; readonly cached: number | undefined } | undefined
  /** Calls in flight at once, at most. */
  readonly concurrency: number
  readonly requestsPerMinute: number | undefined
  readonly tokensPerMinute: number | undefined
}

/** Limits of a run. An absent one does not limit. At least one is always set. */
export interface Budget {
  /** Children made; the first program is not counted. */
  readonly candidates: number | undefined
  readonly usd: number | undefined
  /** Input and output tokens of all calls together. */
  readonly tokens: number | undefined
  /** Wall time of the run's processes together, in milliseconds; a pause does not count. */
  readonly wallMs: number | undefined
}

/** When a run has reached enough, beside its budget. An absent one does not stop it. */
export interface Goals {
  /** Raw value of the first objective that is good enough. */
  readonly target: number | undefined
  /** Candidates in a row without a new best. */
  readonly patience: number | undefined
}

/** The `holdout` section of a problem. */
export interface Holdout {
  /** Best programs that are scored beside the first one. At least 1. */
  readonly programs: number
  /** Ids of the cases to run; `undefined` runs all. */
  readonly cases: readonly string[] | undefined
}

/** A problem as the run sees it: validated, complete, deeply frozen. Paths are absolute. */
/** How operators and models are chosen by what they brought. */
export interface BanditConfig {
  readonly reward: 'mean' | 'max'
  /** Finished candidates that count, the latest so many. */
  readonly window: number
  readonly explore: number
  /** What a reward is divided by. */
  readonly per: 'tokens' | 'usd' | 'candidate'
}

export interface Problem {
  /** The YAML file it came from. */
  readonly file: string
  readonly name: string
  readonly description: string
  readonly program: SourceForm & {
    /** The first of its files. */
    readonly file: string
    /** The text of all its files; see `core/program-files`. */
    readonly source: string
    /** npm packages that candidates may import, as `name` or `name@version`. */
    readonly imports: readonly string[]
  }
  /** Where candidates are run; `none` for programs that the evaluator reads as data. */
  readonly evaluation: { readonly backend: 'isolate' | 'none' } | ProcessSpec
  /** The evaluator's module; of a command the file that it runs, else the problem file. */
  readonly evaluator: string
  /** The command that scores in place of a module. */
  readonly scorer: { readonly command: readonly string[]; readonly timeMs: number } | undefined
  readonly objectives: readonly Objective[]
  readonly known: readonly KnownValue[]
  /** What takes no thought to reach; the zero of "share of the gap closed". */
  readonly trivial: SourcedValue | undefined
  /** Whether prompts may tell the known values. */
  readonly reveal: boolean
  /** Advice that prompts tell; `undefined` when there is none or it is not to be shown. */
  readonly hint: string | undefined
  readonly limits: Limits
  /** Time that each call sees running out, in milliseconds; `undefined` where candidates have no clock. */
  readonly timeBudgetMs: number | undefined
  readonly archive: {
    /** At least 1. */
    readonly islands: number
    /** At least 1. */
    readonly axes: readonly Axis[]
    /** `cvt`: cells around evenly spread centroids; the axes' bins are not used. */
    readonly kind: 'grid' | 'cvt'
    /** Cells of every island with `cvt`; `undefined` with `grid`. */
    readonly cells: number | undefined
    /** Programs that a cell holds, at least 1; with several objectives and more than 1, a Pareto front of at most so many. */
    readonly elitesPerCell: number
    /** Instruction of each island in their order; an island beyond the list has none. */
    readonly briefs: readonly string[]
    readonly migration: {
      readonly topology: string
      /** Candidates committed between two migrations; 0 turns migration off. */
      readonly interval: number
      /** How many elites each island sends, best first. */
      readonly count: number
      /** Share of its owners that each island sends, above 0 up to 1; where given, `count` has no say. */
      readonly rate: number | undefined
    }
    /** Candidates committed between two resets of the weaker half of the islands; 0 turns them off. */
    readonly resetInterval: number
    readonly spawn: {
      /** Scored candidates without a new best before an island is added; 0 turns it off. */
      readonly patience: number
      /** Islands at most. */
      readonly limit: number
      readonly from: 'first' | 'best'
    }
  }
  readonly llm: {
    /** Empty when there is no model: the model-free operators work alone. */
    readonly models: readonly ModelConfig[]
    /** The model that mends a reply that could not be applied; `undefined` means the one that wrote it. */
    readonly repair: ModelConfig | undefined
    /** The model that writes lessons; `undefined` means the first of `models`. */
    readonly analysis: ModelConfig | undefined
    /** The model that turns programs into vectors; it writes no tokens. */
    readonly embedding: ModelConfig | undefined
    readonly deadlines: { readonly firstTokenMs: number; readonly betweenTokensMs: number; readonly totalMs: number }
  }
  readonly search: {
    readonly sampler: string
    /** Weight by operator name; 0 turns one off. */
    readonly operators: Readonly<Record<string, number>>
    /** Candidates in flight. */
    readonly concurrency: number
    readonly order: 'as-finished' | 'by-ordinal'
    /** With `by-ordinal`: how many candidates before it a selection does not wait for; not below `concurrency`. */
    readonly lag: number
    /** Chooses operators and models by what they brought; `undefined` leaves it to their weights. */
    readonly bandit: BanditConfig | undefined
    /** When the operator `tune` works, and the children that it makes of one program. */
    readonly tune: { readonly when: 'always' | 'plateau'; readonly evaluations: number }
    /** When the operator `pivot` may be drawn. */
    readonly pivot: {
      /** Finished children of a program without a better one from which it counts as exhausted. */
      readonly exhausted: number
      /** Candidates of an island since its best was made from which the island counts as on a plateau. */
      readonly plateau: number
    }
    /** How the instructions of prompts evolve; `undefined` when they do not. */
    readonly meta:
      | {
          /** Finished children of an operator's prompts between two requests for a better instruction. */
          readonly interval: number
          /** Instructions of one operator in use, at most; at least 2. */
          readonly population: number
          /** Commits that count for their record, the latest so many. */
          readonly window: number
        }
      | undefined
    /** Other programs shown to an operator. */
    readonly inspirations: number
    /** How they are chosen, by turns; at least one way. */
    readonly inspireBy: readonly InspirationWay[]
  }
  readonly pipeline: PipelineDeclaration
  /** Instances in the order in which they are worked on, the one that counts last; empty without a curriculum. */
  readonly curriculum: readonly Level[]
  /** What is scored at the end on inputs that the search never sees; `undefined` without a hold-out. */
  readonly holdout: Holdout | undefined
  readonly memory: {
    /** Who draws lessons from what was tried: a model, counts alone, or nobody. */
    readonly lessons: 'model' | 'statistics' | 'off'
    /** Insights of the library in one prompt, at most; 0 turns the library off. */
    readonly insights: number
    /** The run whose insights are taken over at the start: a name, or a path to its folder. */
    readonly import: string | undefined
    /** Evaluations of the first program from which noise is measured; 1 measures none. `undefined`: 3 if they are quick. */
    readonly noiseRepeats: number | undefined
    /** Pairs of candidates on which each new insight is tried, with it and without; 0 tries none. */
    readonly verify: number
    /** Whether a model checks conditions in words before insights are told. */
    readonly check: boolean
  }
  readonly budget: Budget
  readonly goals: Goals
}
