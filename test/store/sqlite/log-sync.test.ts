import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { LogSync } from '../../../src/store/sqlite/log-sync.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'evolve-log-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('those who wait together share a sync, and who comes later gets one that begins later', async () => {
  const database = path.join(folder, 'a.db')
  writeFileSync(`${database}-wal`, 'log')
  const log = new LogSync(database)
  const first = [log.onDisk(), log.onDisk(), log.onDisk()]
  expect(new Set(first).size).toBe(1)
  // By now the first one is under way.
  await Promise.resolve()
  const later = [log.onDisk(), log.onDisk()]
  expect(new Set([...first, ...later]).size).toBe(2)
  const order: string[] = []
  await Promise.all([later[0]?.then(() => order.push('later')), first[0]?.then(() => order.push('first'))])
  expect(order).toEqual(['first', 'later'])
  log.close()
})

test('after a failure nothing counts as on the disk any more', async () => {
  const database = path.join(folder, 'b.db')
  const log = new LogSync(database)
  await expect(log.onDisk()).rejects.toThrow('ENOENT')
  writeFileSync(`${database}-wal`, 'log')
  await expect(log.onDisk()).rejects.toThrow('ENOENT')
  log.close()
})
