import { UserError } from '../../core/errors.ts'
import { databaseFile, openForWriting } from './connection.ts'
import { lockRun, ownerOf } from './lock.ts'
import { migrate } from './migrations.ts'

/**
 * Brings the schema of a run that nobody owns up to date, so that readers find every table and view they ask for.
 *
 * @throws UserError when an older evolve is at work on the run: its schema must stay as it is until that has ended.
 */
export function upgradeSchema(dir: string): void {
  const file = databaseFile(dir)
  if (ownerOf(dir) !== undefined) {
    throw new UserError(
      'an older evolve is at work on this run: ask it with that version, or wait until it has ended',
      {
        file,
      },
    )
  }
  const lock = lockRun(dir)
  try {
    const db = openForWriting(file)
    try {
      db.transaction(() => migrate(db))()
    } finally {
      db.close()
    }
  } finally {
    lock.release()
  }
}
