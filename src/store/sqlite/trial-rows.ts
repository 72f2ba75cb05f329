import type { Database } from 'better-sqlite3'
import { InvariantError } from '../../core/errors.ts'
import type { Tally } from '../../core/insight.ts'
import type { InsightRef, OpenTrial, TrialMember, TrialVerdict } from '../insight-store.ts'
import type { InsightLabel } from '../insight-label.ts'
import { selectionOf } from './rows.ts'
import type { EdgeRow, ProgramRow } from './rows.ts'

interface TrialRow extends InsightRef {
  readonly trial: number
  readonly pairs: number
  readonly first: number
}

/** Prepares what the owner writes about trials; every function runs inside a transaction of the caller. */
export function prepareTrialRows(db: Database) {
  const current = db.prepare<[], { id: number; insight: number; version: number }>(
    'SELECT id, insight, version FROM insight_trials WHERE verdict IS NULL',
  )
  const begin = db.prepare<[number, number, number, number, number]>(
    'INSERT INTO insight_trials (insight, version, first, pairs, opened_at) VALUES (?, ?, ?, ?, ?)',
  )
  const member = db.prepare<[number, number, number]>(
    'INSERT INTO trial_members (ordinal, trial, informed) VALUES (?, ?, ?)',
  )
  const label = db.prepare<[string, number | null, number]>(
    'UPDATE trial_members SET label = ?, delta = ? WHERE ordinal = ?',
  )
  const end = db
    .prepare<[string, number, number], number>(
      'UPDATE insight_trials SET verdict = ?, ended_at = ? WHERE id = ? AND verdict IS NULL RETURNING insight',
    )
    .pluck()
  return {
    /** Makes a candidate a member of the open trial, which it begins when there is none. */
    join: (ordinal: number, { insight, version, pairs, informed }: TrialMember, at: number): void => {
      const open = current.get()
      if (open !== undefined && (open.insight !== insight || open.version !== version)) {
        throw new InvariantError(`insight ${String(open.insight)} is on trial: insight ${String(insight)} has to wait`)
      }
      const id = open?.id ?? Number(begin.run(insight, version, ordinal, pairs, at).lastInsertRowid)
      member.run(ordinal, id, Number(informed))
    },
    label: (ordinal: number, kind: InsightLabel, delta: number | null): void => void label.run(kind, delta, ordinal),
    /** @returns the number of its insight. */
    end: (id: number, verdict: TrialVerdict, at: number): number => {
      const insight = end.get(verdict, at, id)
      if (insight === undefined) throw new InvariantError(`trial ${String(id)} is not open`)
      return insight
    },
  }
}

/** Prepares the questions about trials on one connection. */
export function prepareTrialQuestions(db: Database) {
  const open = db.prepare<[], TrialRow>(
    'SELECT id AS trial, insight AS id, version, pairs, first FROM insight_trials WHERE verdict IS NULL',
  )
  const tallies = db.prepare<[number], Tally & { informed: number; members: number }>(
    `SELECT informed, count(*) AS members, sum(label IS 'helped') AS helped, sum(label IS 'hurt') AS hurt,
       sum(label IS 'irrelevant') AS irrelevant
     FROM trial_members WHERE trial = ? GROUP BY informed`,
  )
  const program = db.prepare<[number], ProgramRow>('SELECT * FROM programs WHERE ordinal = ?')
  const edges = db.prepare<[number], EdgeRow>('SELECT parent, role FROM edges WHERE child = ? ORDER BY position')
  const tried = db.prepare<[], InsightRef>('SELECT insight AS id, version FROM insight_trials ORDER BY id')
  return {
    trial: (): OpenTrial | undefined => {
      const row = open.get()
      const first = row === undefined ? undefined : program.get(row.first)
      if (row === undefined || first === undefined) return undefined
      const arms = tallies.all(row.trial)
      const arm = (informed: number): Tally => {
        const { helped, hurt, irrelevant } = arms.find((one) => one.informed === informed) ?? nothing
        return { helped, hurt, irrelevant }
      }
      const { ordinal: _ordinal, seen: _seen, ...selection } = selectionOf(first, edges.all(row.first))
      return {
        id: row.trial,
        insight: { id: row.id, version: row.version },
        pairs: row.pairs,
        selection,
        members: arms.reduce((sum, { members }) => sum + members, 0),
        informed: arm(1),
        uninformed: arm(0),
      }
    },
    tried: (): readonly InsightRef[] => tried.all(),
  }
}

/** Finds what part a candidate has in a trial. */
export function prepareTrialMember(db: Database): (ordinal: number) => TrialMember | undefined {
  const member = db.prepare<[number], Omit<TrialMember, 'informed'> & { informed: number }>(
    `SELECT insight, version, pairs, informed FROM trial_members
     JOIN insight_trials ON insight_trials.id = trial WHERE ordinal = ?`,
  )
  return (ordinal) => {
    const row = member.get(ordinal)
    return row === undefined ? undefined : { ...row, informed: row.informed === 1 }
  }
}

const nothing: Tally = { helped: 0, hurt: 0, irrelevant: 0 }
