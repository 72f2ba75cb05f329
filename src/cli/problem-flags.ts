import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import type { Overrides } from '../config/overrides.ts'

/** The flags of a run that stand for keys of the problem, as commander hands them over. */
export interface ProblemFlags {
  readonly candidates?: string
  readonly usd?: string
  readonly tokens?: string
  readonly wall?: string
  readonly target?: string
  readonly patience?: string
  readonly concurrency?: string
  readonly sampler?: string
  readonly islands?: string
  /** `false` for `--no-llm`. */
  readonly llm?: boolean
}

/** Adds the flags that limit a run. */
export function addBudgetFlags(command: Command): Command {
  return command
    .option('--candidates <n>', 'stop after this many candidates')
    .option('--usd <x>', 'never spend more than this on model calls, in USD')
    .option('--tokens <n>', 'never use more than this many tokens')
    .option('--wall <duration>', 'stop after this time, for example 2h')
    .option('--target <value>', 'stop when the first objective is as good as this')
    .option('--patience <n>', 'stop after this many candidates in a row without a new best')
}

/** The overrides that the given flags stand for. */
export function overridesOf(flags: ProblemFlags): Overrides {
  const { llm, ...given } = flags
  const known = [
    'candidates',
    'usd',
    'tokens',
    'wall',
    'target',
    'patience',
    'concurrency',
    'sampler',
    'islands',
  ] as const
  const overrides = Object.fromEntries(
    known.flatMap((flag) => (given[flag] === undefined ? [] : [[flag, given[flag]]])),
  )
  return llm === false ? { ...overrides, llm: false } : overrides
}

/** Reads how many seeds: an integer from 1 to 1000. */
export function parseSeedCount(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || count > 1000) {
    throw new InvalidArgumentError('the number of seeds is an integer from 1 to 1000.')
  }
  return count
}

/** Reads a seed: an integer from 0 to 4294967295. */
export function parseSeed(text: string): number {
  const seed = Number(text)
  if (!/^\d+$/.test(text) || seed > 0xffff_ffff) {
    throw new InvalidArgumentError('a seed is an integer from 0 to 4294967295.')
  }
  return seed
}

/** Reads a whole number of at least 0. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number of at least 0.')
  return Number(text)
}
