import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { InfrastructureError, messageOf } from '../core/errors.ts'

/**
 * Replaces `best.<ext>` in a run's folder. Whoever reads it, and a crash at any moment, finds the old or the new text,
 * never a part of one.
 *
 * @param ext - Extension with or without its dot.
 * @returns Path of the file.
 * @throws {@link InfrastructureError} when the disk does not take it; the old file is still there.
 */
export function writeBest(dir: string, ext: string, text: string): string {
  const file = path.join(dir, `best.${ext.replace(/^\./, '')}`)
  const temporary = `${file}.${String(process.pid)}.tmp`
  try {
    const handle = openSync(temporary, 'w')
    try {
      writeSync(handle, text)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, file)
    return file
  } catch (error) {
    rmSync(temporary, { force: true })
    throw new InfrastructureError(
      `${file} could not be written: ${messageOf(error)}: make room or make the folder writable`,
      {
        cause: error,
      },
    )
  }
}
