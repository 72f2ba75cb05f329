import path from 'node:path'
import { knownNames } from '../compose/names.ts'
import { nearestName } from '../config/nearest.ts'
import { overlayOf, readOverlay } from '../config/overlay.ts'
import type { Overlay } from '../config/overlay.ts'
import { UserError } from '../core/errors.ts'

/** One way to search. */
export interface Arm {
  readonly name: string
  /** What it lays over the problem. */
  readonly overlay: Overlay
}

/** The arms that are compared when none are named. */
export const defaultArms = 'evolve,iid,sequential,greedy,hill-climber'

/** Arms that are more than the name of a sampler. */
const builtInArms: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // The problem as it is.
  evolve: {},
  'hill-climber': {
    search: { sampler: 'restart', operators: { 'perturb-literals': 1 }, inspirations: 0 },
    llm: { models: [] },
  },
}

/**
 * Reads a list of arms: `evolve` for the problem as it is, `hill-climber`, the name of a sampler, or a YAML file with
 * some of the keys that {@link readOverlay} allows.
 *
 * @param text - Names and files, parted by commas.
 * @throws UserError for an unknown name, two arms of one name, fewer than two arms, or a file that is no overlay.
 */
export function parseArms(text: string): readonly Arm[] {
  const arms = text.split(',').map((entry) => armOf(entry.trim()))
  const twice = arms.find(({ name }, index) => arms.findIndex((other) => other.name === name) < index)
  if (twice !== undefined) throw new UserError(`--arms has two arms named ${twice.name}: rename one of the files`)
  if (arms.length < 2) throw new UserError('--arms needs two arms or more, for example evolve,iid')
  return arms
}

function armOf(entry: string): Arm {
  if (/\.ya?ml$/i.test(entry)) {
    const name = path.basename(entry).replace(/\.ya?ml$/i, '')
    if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name)) return { name, overlay: readOverlay(entry) }
    throw new UserError(`the arm ${entry} names the folders of its runs: use letters, digits, ".", "_" and "-"`)
  }
  const builtIn = Object.hasOwn(builtInArms, entry) ? builtInArms[entry] : undefined
  if (builtIn !== undefined) return { name: entry, overlay: overlayOf(builtIn, `arm ${entry}`) }
  if (knownNames.samplers.includes(entry)) {
    return { name: entry, overlay: overlayOf({ search: { sampler: entry } }, `arm ${entry}`) }
  }
  const names = [...Object.keys(builtInArms), ...knownNames.samplers]
  const nearest = nearestName(entry, names)
  const remedy = nearest === undefined ? `arms are ${names.join(', ')}` : `did you mean ${nearest}?`
  throw new UserError(`--arms has "${entry}", which is no arm: ${remedy}; a file must end in .yaml`)
}
