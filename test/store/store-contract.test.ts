import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createSqliteRun, openSqliteRun } from '../../src/store/sqlite/run-store.ts'
import { insightStoreContract } from '../contracts/insight-store.ts'
import { instructionStoreContract } from '../contracts/instruction-store.ts'
import { storeContract } from '../contracts/store.ts'
import type { StoreCase } from '../contracts/store.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import { budget, identity } from './run-values.ts'

function inMemory(): StoreCase {
  const disk = memoryDisk(identity, budget)
  return { store: new MemoryStore(disk), reopen: () => new MemoryStore(disk), dispose: () => undefined }
}

function sqlite(): StoreCase {
  const dir = mkdtempSync(path.join(tmpdir(), 'evolve-store-'))
  let store = createSqliteRun(dir, identity, budget)
  return {
    store,
    reopen: () => {
      store.close()
      store = openSqliteRun(dir)
      return store
    },
    dispose: () => {
      store.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

for (const [name, create] of [
  ['in-memory', inMemory],
  ['sqlite', sqlite],
] as const) {
  storeContract(name, create)
  insightStoreContract(name, create)
  instructionStoreContract(name, create)
}
