import type { Database } from 'better-sqlite3'
import { InvariantError } from '../../core/errors.ts'
import type { FailureKind } from '../../core/failure.ts'
import type { CreditedInstruction } from '../../core/instruction.ts'
import { improvedBy } from '../instruction-store.ts'
import type {
  InstructionQuestions,
  InstructionRequest,
  InstructionStore,
  InstructionTally,
} from '../instruction-store.ts'
import { moment } from '../stored-json.ts'
import { attemptOf } from './rows.ts'
import type { AttemptRow } from './rows.ts'
import { guarded } from './sqlite-errors.ts'
import type { Bound } from './statements.ts'

interface InstructionRow {
  readonly id: number
  readonly operator: string
  readonly parent: number | null
  readonly text: string | null
  readonly uses: number
  readonly improved: number
  readonly mean_gain: number | null
}

/** What is asked about instructions on any connection. */
export function prepareInstructionQuestions(db: Database, file: string): InstructionQuestions {
  const population = db.prepare<{ operator: string; asOf: number; seen: number; after: number }, InstructionRow>(
    `WITH known AS (
       SELECT instructions.* FROM instructions LEFT JOIN instruction_requests ON instruction_requests.id = request
       WHERE instructions.operator = :operator AND (request IS NULL OR commits <= :asOf)
     )
     SELECT known.id, known.operator, known.parent, known.text, count(improved) AS uses,
       coalesce(sum(improved), 0) AS improved, avg(gain) AS mean_gain
     FROM known LEFT JOIN instruction_uses
       ON instruction = known.id AND finished <= :seen AND finished > :after AND improved IS NOT NULL
     WHERE retired_by IS NULL OR retired_by NOT IN (SELECT id FROM known)
     GROUP BY known.id ORDER BY known.id`,
  )
  return {
    population: (operator, asOf, seen, window) =>
      guarded(file, () => population.all({ operator, asOf, seen, after: seen - window }).map(instructionOf)),
  }
}

function instructionOf(row: InstructionRow): CreditedInstruction {
  const { id, operator, uses, improved } = row
  const { parent, text, mean_gain: meanGain } = row
  return {
    ...{ id, operator, parent: parent ?? undefined, text: text ?? undefined },
    ...{ uses, improved, meanGain: meanGain ?? undefined },
  }
}

/** What is changed about instructions inside the owner's transactions. */
export interface InstructionRows {
  use(ordinal: number, instruction: number): void
  /** Notes what came of the instruction in a candidate's prompt, if there is one. `finished`: which commit it is. */
  settle(ordinal: number, finished: number): void
}

/** Prepares what rides in the transactions of a candidate's moves. */
export function prepareInstructionRows(db: Database): InstructionRows {
  const use = db.prepare<Bound[]>('INSERT INTO instruction_uses (ordinal, instruction) VALUES (?, ?)')
  const outcome = db.prepare<[number], { gain: number | null; noise: number; failure: FailureKind | null }>(
    `SELECT child.fitness - parents.fitness AS gain, measures.noise, child.failure_kind AS failure
     FROM instruction_uses JOIN programs AS child ON child.ordinal = instruction_uses.ordinal
     JOIN measures ON measures.position = 0
     LEFT JOIN edges ON edges.child = child.ordinal AND edges.position = 0
     LEFT JOIN programs AS parents ON parents.ordinal = edges.parent
     WHERE instruction_uses.ordinal = ?`,
  )
  const settle = db.prepare<Bound[]>(
    'UPDATE instruction_uses SET finished = ?, improved = ?, gain = ? WHERE ordinal = ?',
  )
  return {
    use: (ordinal, instruction) => void use.run(ordinal, instruction),
    settle: (ordinal, finished) => {
      const row = outcome.get(ordinal)
      if (row === undefined) return
      const improved = improvedBy(row.gain ?? undefined, row.noise, row.failure ?? undefined)
      settle.run(finished, improved === undefined ? null : Number(improved), row.gain, ordinal)
    },
  }
}

/** {@link InstructionStore} on the connection of the run's owner. */
export function sqliteInstructions(db: Database, file: string): InstructionStore {
  const write = (sql: string) => db.prepare<Bound[]>(sql)
  const transact = <T>(work: () => T): T => guarded(file, () => db.transaction(work)())
  const begin = write(
    `INSERT INTO instructions (operator, created_at) SELECT ?, ?
     WHERE NOT EXISTS (SELECT 1 FROM instructions WHERE operator = ? AND parent IS NULL)`,
  )
  const usedBy = db.prepare<[number], number>('SELECT instruction FROM instruction_uses WHERE ordinal = ?').pluck()
  const tallies = db.prepare<[], InstructionTally>(
    `SELECT operator,
       (SELECT count(*) FROM instruction_uses JOIN instructions AS used ON used.id = instruction
        WHERE used.operator = own.operator AND finished IS NOT NULL) AS uses,
       (SELECT count(*) FROM instruction_requests WHERE instruction_requests.operator = own.operator) AS requests
     FROM instructions AS own WHERE parent IS NULL ORDER BY operator`,
  )
  const disappointing = db.prepare<[number, number, number], AttemptRow>(
    `SELECT programs.ordinal, programs.operator, change, failure, objectives
     FROM instruction_uses JOIN programs USING (ordinal) LEFT JOIN evaluations USING (ordinal)
     WHERE instruction = ? AND instruction_uses.finished <= ? AND improved = 0
     ORDER BY instruction_uses.finished DESC LIMIT ?`,
  )
  const request = write('INSERT INTO instruction_requests (operator, ordinal, commits, created_at) VALUES (?, ?, ?, ?)')
  const requests = db.prepare<[], InstructionRequest>(
    'SELECT id, operator, ordinal, commits FROM instruction_requests WHERE ended_at IS NULL ORDER BY id',
  )
  const end = write('UPDATE instruction_requests SET note = ?, ended_at = ? WHERE id = ? AND ended_at IS NULL')
  const add = write(
    `INSERT INTO instructions (operator, parent, request, text, reason, created_at)
     SELECT operator, ?, id, ?, ?, ? FROM instruction_requests WHERE id = ?`,
  )
  const retire = write('UPDATE instructions SET retired_by = ? WHERE id = ?')
  return {
    ...prepareInstructionQuestions(db, file),
    begin: (operator, now) => transact(() => void begin.run(operator, moment(now), operator)),
    usedBy: (ordinal) => guarded(file, () => usedBy.get(ordinal)),
    tallies: () => guarded(file, () => tallies.all()),
    disappointing: (instruction, seen, limit) =>
      guarded(file, () => disappointing.all(instruction, seen, limit).map(attemptOf)),
    request: ({ operator, ordinal, commits }, now) =>
      transact(() => {
        const id = Number(request.run(operator, ordinal, commits, moment(now)).lastInsertRowid)
        return { id, operator, ordinal, commits }
      }),
    requests: () => guarded(file, () => requests.all()),
    answer: (id, answer, now) =>
      transact(() => {
        const at = moment(now)
        if (end.run(answer.ok ? null : answer.note, at, id).changes === 0) {
          throw new InvariantError(`no request ${String(id)} for an instruction is open`)
        }
        if (!answer.ok) return
        const added = Number(add.run(answer.parent, answer.text, answer.reason, at, id).lastInsertRowid)
        if (answer.retires !== undefined) retire.run(added, answer.retires)
      }),
  }
}
