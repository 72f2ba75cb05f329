import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmdirSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { findControlGroups } from '../../../src/evaluation/process/control-group.ts'

const limits = { memoryBytes: 2 ** 28, processes: 10 }
const groups = findControlGroups()

/** The folders of a group. */
const foldersOf = (entrances: readonly string[]): string[] => entrances.map((file) => path.dirname(file))

describe.runIf(groups !== undefined)('control groups', () => {
  it('are removed once their last process is gone, also where it still ended when that was asked for', async () => {
    const group = groups?.create(limits)
    const folders = foldersOf(group?.entrances ?? [])
    const child = spawn('sleep', ['60'])
    for (const entrance of group?.entrances ?? []) writeFileSync(entrance, String(child.pid))
    expect(group?.members()).toEqual([child.pid])
    group?.remove()
    expect(folders.every((folder) => existsSync(folder))).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await groups?.settle()
    expect(folders.filter((folder) => existsSync(folder))).toEqual([])
  })

  it('are tried again when the next one is made', async () => {
    const group = groups?.create(limits)
    const child = spawn('sleep', ['60'])
    for (const entrance of group?.entrances ?? []) writeFileSync(entrance, String(child.pid))
    group?.remove()
    child.kill('SIGKILL')
    await once(child, 'exit')
    groups?.create(limits).remove()
    expect(foldersOf(group?.entrances ?? []).filter((folder) => existsSync(folder))).toEqual([])
  })

  it('of controllers that were killed are removed an hour later, and nothing else is', () => {
    const made = groups?.create(limits)
    const place = path.dirname(foldersOf(made?.entrances ?? [])[0] ?? '')
    made?.remove()
    const [old, fresh, own] = [
      path.join(place, 'evolve-99999999-old'),
      path.join(place, 'evolve-99999999-fresh'),
      path.join(place, `evolve-${String(process.pid)}-own`),
    ] as const
    const hoursAgo = new Date(Date.now() - 2 * 3_600_000)
    for (const folder of [old, fresh, own]) mkdirSync(folder)
    for (const folder of [old, own]) utimesSync(folder, hoursAgo, hoursAgo)
    findControlGroups()
    expect([old, fresh, own].map((folder) => existsSync(folder))).toEqual([false, true, true])
    for (const folder of [fresh, own]) rmdirSync(folder)
  })
})
