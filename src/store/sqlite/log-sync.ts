import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'

/**
 * Brings the commits of a write-ahead log to the disk, off the thread that makes them and once for all who wait.
 *
 * SQLite itself would sync within each commit, and everything else would stand still meanwhile. The log only grows until a
 * checkpoint, which syncs it itself first, so a sync that begins after a commit covers it. SQLite holds no locks on this file
 * that closing another descriptor could drop.
 */
export class LogSync {
  readonly #file: string
  #handle: Promise<FileHandle> | undefined
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  /** @param database - Path of the database; its log is beside it. */
  constructor(database: string) {
    this.#file = `${database}-wal`
  }

  /**
   * Resolves when every commit before this call is on the disk.
   *
   * After one failure it rejects for good: a later sync may succeed although the pages of the first were dropped.
   */
  onDisk(): Promise<void> {
    // One that is under way may have begun before the latest commit.
    this.#next ??= this.#running.then(() => {
      this.#running = this.#next ?? this.#running
      this.#next = undefined
      return this.#sync()
    })
    return this.#next
  }

  /** Lets go of the file once the sync under way is over. */
  close(): void {
    const settled = Promise.allSettled([this.#next, this.#running])
    void settled.then(() => this.#handle?.then((handle) => handle.close())).catch(() => undefined)
  }

  async #sync(): Promise<void> {
    this.#handle ??= this.#opened()
    const handle = await this.#handle
    await handle.datasync()
  }

  async #opened(): Promise<FileHandle> {
    const handle = await open(this.#file, 'r+')
    if (process.platform !== 'win32') {
      // The log may have been created a moment ago, and its name must outlive the power too.
      const folder = await open(path.dirname(this.#file), 'r')
      await folder.sync().finally(() => folder.close())
    }
    return handle
  }
}
