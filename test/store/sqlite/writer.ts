/**
 * A process of its own that owns a run, for tests of what a crash leaves behind and who may own a run.
 *
 * `write <dir>` places candidates for ever and prints the ordinal of each one that is on disk.
 * `hold <dir>` waits for a line on stdin, tries to own the run and prints `won` or `lost <message>`, then holds on.
 */
import { writeSync } from 'node:fs'
import { messageOf } from '../../../src/core/errors.ts'
import type { RunStore } from '../../../src/store/run-store.ts'
import { openSqliteRun } from '../../../src/store/sqlite/run-store.ts'
import { toPlaced } from '../run-values.ts'

const [, , mode, dir = ''] = process.argv
let owned: RunStore | undefined
if (mode === 'write') write()
else process.stdin.once('data', hold)

function write(): void {
  try {
    const store = openSqliteRun(dir)
    store.openSession(Date.now())
    for (const { ordinal } of store.unfinished())
      store.fail(ordinal, { kind: 'killed-host', message: '' }, [], Date.now())
    for (;;) {
      const next = store.evaluation(0) === undefined ? 0 : store.totals().selected + 1
      toPlaced(store, next, next)
      writeSync(1, `${String(next)}\n`)
    }
  } catch (error) {
    writeSync(1, `${error instanceof Error ? error.name : ''}: ${messageOf(error)}\n`)
  }
}

function hold(): void {
  try {
    // Kept, so that no garbage collection closes it.
    owned = openSqliteRun(dir)
    writeSync(1, 'won\n')
  } catch (error) {
    writeSync(1, `lost ${messageOf(error)}\n`)
  }
  setInterval(() => owned?.budget(), 1000)
}
