import { isTree, valueAt } from './environment.ts'
import { keyText } from './yaml-source.ts'
import type { KeyPath } from './yaml-source.ts'

/**
 * What the command line sets in place of the file. Numbers may arrive as the text that was typed. They are checked like
 * the file's own values, and a mistake names the flag.
 */
export interface Overrides {
  /** `--candidates`: children made, 1 or more. */
  readonly candidates?: number | string
  /** `--usd`: above 0. */
  readonly usd?: number | string
  /** `--tokens`: input and output tokens together, 1 or more. */
  readonly tokens?: number | string
  /** `--wall`: a duration with its unit, for example `2h`. */
  readonly wall?: string
  /** `--target`: value of the first objective. */
  readonly target?: number | string
  /** `--patience`: candidates without a new best, 1 or more. */
  readonly patience?: number | string
  /** `--concurrency`: candidates in flight, 1 to 1024. */
  readonly concurrency?: number | string
  /** `--sampler`: the name of a parent sampler. */
  readonly sampler?: string
  /** `--islands`: 1 to 64. */
  readonly islands?: number | string
  /** `false` is `--no-llm`: every model is dropped, and the references in the `llm` section need not be set. */
  readonly llm?: false
  /** Used when the problem says nothing about models; see {@link ModelOffer}. */
  readonly offer?: ModelOffer
}

/** A model for a problem without an `llm` section, and the cap that holds unless the problem or a flag limits spending. */
export interface ModelOffer {
  readonly entry: Readonly<Record<string, string>>
  readonly cap: { readonly usd: number } | { readonly tokens: number }
}

/** A tree with overrides in place, and which flag stands behind a path. */
export interface Overridden {
  readonly tree: unknown
  /** The flag, with its dashes, that set the value at a path. */
  readonly flagAt: (path: KeyPath) => string | undefined
  /** Whether the offered model is now part of the problem. */
  readonly offerTaken: boolean
}

type Flag = Exclude<keyof Overrides, 'llm' | 'offer'>

const places: Readonly<Record<Flag, readonly [section: string, key: string]>> = {
  candidates: ['budget', 'candidates'],
  usd: ['budget', 'usd'],
  tokens: ['budget', 'tokens'],
  wall: ['budget', 'wall'],
  target: ['budget', 'target'],
  patience: ['budget', 'patience'],
  concurrency: ['search', 'concurrency'],
  sampler: ['search', 'sampler'],
  islands: ['archive', 'islands'],
}

const textFlags: readonly Flag[] = ['wall', 'sampler']

/** Puts overrides into a tree. A section that is not a map is left alone, so that its own mistake is reported. */
export function applyOverrides(tree: unknown, overrides: Overrides): Overridden {
  if (!isTree(tree)) return { tree, flagAt: () => undefined, offerTaken: false }
  const changed: Record<string, unknown> = { ...tree }
  const flags = new Map<string, string>()
  for (const [flag, [section, key]] of Object.entries(places) as [Flag, readonly [string, string]][]) {
    const given = overrides[flag]
    const before = Object.hasOwn(changed, section) ? changed[section] : {}
    if (given === undefined || !isTree(before)) continue
    changed[section] = { ...before, [key]: textFlags.includes(flag) ? literal(String(given)) : numberIn(given) }
    flags.set(keyText([section, key]), `--${flag}`)
  }
  if (overrides.llm === false && isTree(changed['llm'])) {
    const deadlines = valueAt(tree, ['llm', 'deadlines'])
    changed['llm'] = deadlines === undefined ? { models: [] } : { models: [], deadlines }
  }
  const offer = overrides.llm === false || Object.hasOwn(tree, 'llm') ? undefined : overrides.offer
  if (offer !== undefined) takeOffer(changed, offer)
  return { tree: changed, flagAt: (path) => flags.get(keyText(path)), offerTaken: offer !== undefined }
}

function takeOffer(changed: Record<string, unknown>, { entry, cap }: ModelOffer): void {
  changed['llm'] = { models: [entry] }
  const budget = Object.hasOwn(changed, 'budget') ? changed['budget'] : {}
  if (isTree(budget) && !Object.hasOwn(budget, 'usd') && !Object.hasOwn(budget, 'tokens')) {
    changed['budget'] = { ...budget, ...cap }
  }
}

/** What a shell passes on is meant as it is; references are a matter of files. */
function literal(text: string): string {
  return text.replaceAll('${', () => '$${')
}

/** The number a text stands for; a text that is none is kept, and the schema says what it should have been. */
function numberIn(given: number | string): number | string {
  if (typeof given === 'number') return given
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given.trim()) ? Number(given) : literal(given)
}
