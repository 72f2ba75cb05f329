import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { ProgramFile } from '../core/program-files.ts'

/**
 * Replaces the folder `best` of a run by the files of its best program.
 *
 * Whoever reads it finds the old or the new files, never some of each. A crash in the middle can leave no folder; the next
 * resume writes it again.
 *
 * @returns Path of the folder.
 * @throws what the disk says when it does not take it; the old folder is still there then.
 */
export function writeBestFolder(dir: string, files: readonly ProgramFile[]): string {
  const folder = path.join(dir, 'best')
  for (const left of readdirSync(dir).filter((name) => /^best\.(new|old)\.\d+$/.test(name))) {
    rmSync(path.join(dir, left), { recursive: true, force: true })
  }
  const fresh = `${folder}.new.${String(process.pid)}`
  const old = `${folder}.old.${String(process.pid)}`
  try {
    for (const { path: name, text } of files) writeWhole(path.join(fresh, name), text)
    rmSync(old, { recursive: true, force: true })
    try {
      renameSync(folder, old)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    renameSync(fresh, folder)
    rmSync(old, { recursive: true, force: true })
    return folder
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    throw error
  }
}

function writeWhole(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  const handle = openSync(file, 'w')
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
