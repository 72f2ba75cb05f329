import { levelsOfConfig } from '../compose/levels.ts'
import { carryOperator, levelEndEvent, levelText } from '../run/curriculum.ts'
import type { LevelEnd } from '../run/curriculum.ts'
import type { RunReader } from '../store/run-reader.ts'

/** Where a run has come to in its curriculum. */
export interface LevelFacts {
  /** The level whose programs the archive holds, from 1. */
  readonly level: number
  readonly of: number
  /** In one line. */
  readonly text: string
  readonly isLast: boolean
  /** What the first program is on this level. */
  readonly first: number | undefined
  /** Why the levels before ended. */
  readonly ends: readonly LevelEnd[]
}

/** Reads where a run has come to; `undefined` without a curriculum. */
export function levelFacts(reader: RunReader): LevelFacts | undefined {
  const levels = levelsOfConfig(reader.identity.config)
  if (levels.length === 0) return undefined
  const level = Number(reader.query('SELECT level FROM placements ORDER BY seq DESC LIMIT 1').rows[0]?.[0] ?? 1)
  const first = reader.query('SELECT min(ordinal) FROM programs WHERE level = ? AND operator IN (?, ?)', [
    ...[level, 'first', carryOperator],
  ]).rows[0]?.[0]
  const isLast = level === levels.length
  return {
    level,
    of: levels.length,
    text: `${levelText(levels, level)}${isLast ? '' : '; values of other levels do not compare'}`,
    isLast,
    first: typeof first === 'number' ? first : undefined,
    ends: reader.events(levelEndEvent) as unknown as readonly LevelEnd[],
  }
}
