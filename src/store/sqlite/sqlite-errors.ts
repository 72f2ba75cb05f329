import Database from 'better-sqlite3'
import { InfrastructureError, InvariantError } from '../../core/errors.ts'

/**
 * Does something with a database and translates what SQLite throws.
 *
 * @param file - Path of the database, for the message.
 * @throws {@link InfrastructureError} when the disk or the file is at fault: full, damaged, not writable, locked.
 * @throws {@link InvariantError} when a constraint or a statement of ours is at fault.
 */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw translated(file, error)
  }
}

/** {@link guarded} for what is read bit by bit. */
export function* guardedEach<T>(file: string, items: Iterator<T>): Generator<T> {
  for (;;) {
    const next = guarded(file, () => items.next())
    if (next.done === true) return
    yield next.value
  }
}

/** What to throw for an error that came out of SQLite; any other error as it is. */
export function translated(file: string, error: unknown): unknown {
  const code = codeOf(error)
  if (code === undefined || !(error instanceof Error)) return error
  const remedy = remedies.find(([prefix]) => code.startsWith(prefix))?.[1]
  return remedy === undefined
    ? new InvariantError(`the store was used wrongly: ${error.message} (${code})`, { cause: error })
    : new InfrastructureError(`${file}: ${error.message} (${code}): ${remedy}`, { cause: error })
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof Database.SqliteError) return error.code
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && diskCodes.has(code) ? code : undefined
}

const diskCodes = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOTDIR',
  'EEXIST',
])

const full = 'free some disk space, then resume the run; nothing that was finished is lost'
const damaged =
  'the file is damaged: put a copy of it aside, then restore a backup or rebuild it with the `.recover` command of the sqlite3 tool'
const unwritable =
  'make the folder and the file writable for this user, or copy the run to where they are, then try again'

/** By beginning of the code, the more special first. */
const remedies: readonly (readonly [prefix: string, remedy: string])[] = [
  ['SQLITE_FULL', full],
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['SQLITE_CORRUPT', damaged],
  ['SQLITE_NOTADB', damaged],
  ['SQLITE_IOERR_CORRUPTFS', damaged],
  ['SQLITE_READONLY', unwritable],
  ['SQLITE_PERM', unwritable],
  ['SQLITE_CANTOPEN', unwritable],
  ['EROFS', unwritable],
  ['EACCES', unwritable],
  ['EPERM', unwritable],
  ['SQLITE_BUSY', 'another program is writing to the file: end it, then resume the run'],
  ['SQLITE_LOCKED', 'another program is writing to the file: end it, then resume the run'],
  ['SQLITE_IOERR', 'the disk did not take it: check the disk and its free space, then resume the run'],
  ['EIO', 'the disk did not take it: check the disk, then resume the run'],
  ['ENOTDIR', 'a part of this path is a file, not a folder: choose another folder'],
  ['EEXIST', 'this path is a file, not a folder: choose another folder'],
  ['EMFILE', 'too many files are open: raise the limit (ulimit -n), then resume the run'],
  ['ENFILE', 'too many files are open on this machine: close some programs, then resume the run'],
  ['SQLITE_NOMEM', 'the machine is out of memory: free some, then resume the run'],
  ['SQLITE_TOOBIG', 'a single text is larger than SQLite stores (1 GB)'],
]
