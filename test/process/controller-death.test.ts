import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import process from 'node:process'
import { expect, it, vi } from 'vitest'

/** A killed process stays visible until somebody collects it, which is not ours to wait for. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const { readFile } = await import('node:fs/promises')
  const status = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '')
  return !/\) [ZX] /.test(status)
}

it.each([
  ['waits for a promise', 'export const f = () => new Promise(() => {})'],
  ['loops', 'export function f() { for (;;); }'],
  ['allocates', 'export function f() { let a = []; for (;;) a = new Array(1e5).fill(a.length) }'],
  ['describes a hostile error', 'export function f() { throw { get message() { for (;;); } } }'],
])('no host outlives a controller that is killed while a candidate %s', async (_what, code) => {
  const controller = spawn(process.execPath, [path.join(import.meta.dirname, 'controller.ts'), code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(controller.stdout.setEncoding('utf8'), 'data')) as [string]
  const pids = JSON.parse(line) as number[]
  expect(pids.length).toBeGreaterThanOrEqual(2)
  expect(await Promise.all(pids.map(isRunning))).not.toContain(false)
  controller.kill('SIGKILL')
  await once(controller, 'close')
  await vi.waitFor(async () => expect(await Promise.all(pids.map(isRunning))).not.toContain(true), { timeout: 10_000 })
})
