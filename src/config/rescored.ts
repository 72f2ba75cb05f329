import { parse, stringify } from 'yaml'

/** The sections by which programs are judged; everything else of a run stays as it was begun. */
const judging = ['evaluation', 'evaluator', 'objectives', 'known', 'trivial', 'limits', 'pipeline', 'holdout'] as const

/**
 * The effective configuration of a run that is to be judged as its problem file now says: the stored one with the judging
 * sections of the other in their places.
 *
 * @param stored - Effective configuration of the run, as YAML.
 * @param current - Effective configuration of the problem as it is now.
 */
export function rescoredConfig(stored: string, current: string): string {
  const before = parse(stored) as Record<string, unknown>
  const now = parse(current) as Record<string, unknown>
  const changed = Object.fromEntries(judging.map((key) => [key, now[key]]))
  const merged = Object.entries({ ...before, ...changed }).filter(([, value]) => value !== undefined)
  const header = '# The problem with every default written out. Paths are relative to the problem file.\n'
  return header + stringify(Object.fromEntries(merged), { aliasDuplicateObjects: false, lineWidth: 0, version: '1.2' })
}
