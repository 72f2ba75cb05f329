import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { Gpu } from '../../../src/evaluation/devices/find.ts'
import { deviceLeases } from '../../../src/evaluation/devices/leases.ts'
import type { Device } from '../../../src/evaluation/process/backend.ts'
import { createProcessBackend } from '../../../src/evaluation/process/backend.ts'

const never = new AbortController().signal

/** Cards that exist for one test only. */
function cards(count: number): readonly Gpu[] {
  return Array.from({ length: count }, (_, index) => ({ index, uuid: `GPU-${randomUUID()}`, name: 'Test' }))
}

const lend = (gpus: readonly Gpu[], slots: number, exclusive: boolean) =>
  deviceLeases({ kind: 'cuda', ids: undefined, slots, exclusive }, () => Promise.resolve(gpus))

/** A use that lasts until it is let go. */
function holding() {
  const begun = Promise.withResolvers<string | undefined>()
  const over = Promise.withResolvers<undefined>()
  const use = async ({ env }: Device): Promise<void> => {
    begun.resolve(env['CUDA_VISIBLE_DEVICES'])
    await over.promise
  }
  return { use, begun: begun.promise, letGo: () => over.resolve(undefined) }
}

const soon = () => new Promise((resolve) => setTimeout(() => resolve('waits'), 150))

describe('leases of devices', () => {
  it('give each evaluation a card of its own while there is one, and name it', async () => {
    const gpus = cards(2)
    const lease = lend(gpus, 1, false)
    const [one, other, third] = [holding(), holding(), holding()]
    const all = [one, other, third].map(({ use }) => lease(use, never))
    expect(new Set([await one.begun, await other.begun])).toEqual(new Set(gpus.map(({ uuid }) => uuid)))
    expect(await Promise.race([third.begun, soon()])).toBe('waits')
    one.letGo()
    expect(await third.begun).toBe(await one.begun)
    other.letGo()
    third.letGo()
    await Promise.all(all)
  })

  it('keep everybody out of a card that is timed, also another run', async () => {
    const gpus = cards(1)
    const [timing, sharing] = [holding(), holding()]
    const timed = lend(gpus, 1, true)(timing.use, never)
    await timing.begun
    const shared = lend(gpus, 4, false)(sharing.use, never)
    expect(await Promise.race([sharing.begun, soon()])).toBe('waits')
    timing.letGo()
    sharing.letGo()
    await Promise.all([timed, shared])
  })

  it('let a timing begin when the last of those who share has gone, and nobody new before it', async () => {
    const gpus = cards(1)
    const lease = lend(gpus, 4, false)
    const [first, second, timing, late] = [holding(), holding(), holding(), holding()]
    const all = [lease(first.use, never), lease(second.use, never)]
    await Promise.all([first.begun, second.begun])
    all.push(lend(gpus, 1, true)(timing.use, never))
    await soon()
    all.push(lease(late.use, never))
    first.letGo()
    expect(await Promise.race([timing.begun, late.begun, soon()])).toBe('waits')
    second.letGo()
    await timing.begun
    expect(await Promise.race([late.begun, soon()])).toBe('waits')
    timing.letGo()
    late.letGo()
    await Promise.all(all)
  })

  it('end when the evaluation fails, and are not waited for by one that is called off', async () => {
    const gpus = cards(1)
    const lease = lend(gpus, 1, true)
    await expect(lease(() => Promise.reject(new Error('lost')), never)).rejects.toThrow('lost')
    const held = holding()
    const holder = lease(held.use, never)
    await held.begun
    const off = new AbortController()
    const waiting = lend(gpus, 1, true)(() => Promise.resolve(), off.signal)
    off.abort()
    await expect(waiting).rejects.toThrow('called off')
    held.letGo()
    await holder
  })

  const children: ReturnType<typeof spawn>[] = []
  afterEach(() => children.forEach((child) => child.kill('SIGKILL')))

  it.runIf(process.platform === 'linux')('are free again when the process that held them is killed', async () => {
    const gpus = cards(1)
    const file = new URL('../../../src/evaluation/devices/leases.ts', import.meta.url).href
    const script = `
      const { deviceLeases } = await import(${JSON.stringify(file)})
      const lease = deviceLeases({ kind: 'cuda', slots: 1, exclusive: true }, async () => ${JSON.stringify(gpus)})
      setInterval(() => undefined, 1000)
      await lease(async () => { console.log('held'); await new Promise(() => undefined) }, new AbortController().signal)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    await once(child.stdout, 'data')
    const waiting = holding()
    const lease = lend(gpus, 1, true)(waiting.use, never)
    expect(await Promise.race([waiting.begun, soon()])).toBe('waits')
    child.kill('SIGKILL')
    expect(await waiting.begun).toBe(gpus[0]?.uuid)
    waiting.letGo()
    await lease
  })

  it('reach the program as CUDA_VISIBLE_DEVICES, and its build not', async () => {
    const gpus = cards(1)
    const backend = createProcessBackend({
      spec: {
        ...{ backend: 'process', command: ['sh', '{program}'], env: [], read: [], sandbox: 'auto', startMs: undefined },
        build: { command: ['sh', '-c', 'test -z "$CUDA_VISIBLE_DEVICES"'], timeMs: 10_000, memoryBytes: 1e9 },
        ...{ cpuMs: 10_000, processes: 64, diskBytes: 1e6 },
      },
      ...{ language: 'shell', folder: import.meta.dirname, slots: 1, lease: lend(gpus, 1, true) },
    })
    const limits = { timeMs: 10_000, memoryBytes: 1e9, outputBytes: 1e4, consoleBytes: 100 }
    const code = 'echo "{\\"value\\":\\"$CUDA_VISIBLE_DEVICES\\"}" >&4'
    const cases = [{ id: 'only', args: [] }]
    const report = await backend.run({ code, entry: undefined, cases, limits, seed: 's' }, never)
    expect(report.cases).toMatchObject([{ ok: true, value: gpus[0]?.uuid }])
    await backend.close()
  })
})
