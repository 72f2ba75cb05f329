import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { expect, it } from 'vitest'
import { exclusively } from '../../../src/evaluation/devices/exclusively.ts'

it('a device is lent to one evaluation at a time, also after one that threw', async () => {
  const device = randomUUID()
  let inside = 0
  let most = 0
  const use = async (fails: boolean): Promise<string> => {
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setTimeout(resolve, 10))
    inside--
    if (fails) throw new Error('the kernel broke')
    return 'timed'
  }
  const uses = [false, true, false].map((fails) => exclusively(device, () => use(fails)))
  expect((await Promise.allSettled(uses)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(most).toBe(1)
})

it('devices of different names are lent side by side', async () => {
  const inner = exclusively(randomUUID(), () => exclusively(randomUUID(), () => Promise.resolve('both')))
  expect(await inner).toBe('both')
})

it.skipIf(process.platform !== 'linux')('another process waits for the lease, and a death ends it', async () => {
  const device = randomUUID()
  const module = path.resolve(import.meta.dirname, '../../../src/evaluation/devices/exclusively.ts')
  const hold = `
    const { exclusively } = await import(${JSON.stringify(module)})
    await exclusively(${JSON.stringify(device)}, () => { console.log('held'); return new Promise((done) => setTimeout(done, 60_000)) })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', hold], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  let lent = false
  const lease = exclusively(device, () => {
    lent = true
    return Promise.resolve()
  })
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(lent).toBe(false)
  child.kill('SIGKILL')
  await lease
  expect(lent).toBe(true)
})
