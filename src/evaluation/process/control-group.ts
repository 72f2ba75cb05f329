import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLeftover } from './leftovers.ts'

/** A kernel control group around one command: its limits hold for every process in it, however it was started. */
export interface ControlGroup {
  /** Files into which a process writes `0` to put itself into the group. */
  readonly entrances: readonly string[]
  /** Whether the kernel ended a process of the group because its memory was used up. */
  ranOutOfMemory(): boolean
  /** Process ids that are still in it. */
  members(): readonly number[]
  /** Removes it, at once or, while a process of it is still ending, before the next one is made; see {@link ControlGroups.settle}. */
  remove(): void
}

/** Where groups can be made here. */
export interface ControlGroups {
  readonly version: 1 | 2
  /** @throws what the file system throws when a group cannot be made after all. */
  create(limits: { readonly memoryBytes: number; readonly processes: number }): ControlGroup
  /** Removes those that could not be removed yet, for as long as half a second. */
  settle(): Promise<void>
}

const namePrefix = 'evolve-'
/** Groups of controllers that were killed are as old as this at least, in milliseconds: a new one may be about to be entered. */
const leftoverMs = 3_600_000
/** How often and after how long {@link ControlGroups.settle} tries again, in milliseconds. */
const [settleTries, settleStepMs] = [25, 20]

/** Finds control groups that this process may use for memory and process counts; `undefined` where it may not. */
export function findControlGroups(): ControlGroups | undefined {
  const hierarchy = versionTwo() ?? versionOne()
  if (hierarchy === undefined) return undefined
  const groups = groupsIn(hierarchy)
  try {
    groups.create({ memoryBytes: 2 ** 30, processes: 10 }).remove()
    for (const parent of hierarchy.parents) removeLeftovers(parent)
    return groups
  } catch {
    return undefined
  }
}

/** What differs between the versions of control groups. */
interface Hierarchy {
  readonly version: 1 | 2
  /** A group has a folder of its name in each of these. */
  readonly parents: readonly string[]
  /** Sets the limits of a group whose folders are made. */
  limit(name: string, limits: Parameters<ControlGroups['create']>[0]): Pick<ControlGroup, 'ranOutOfMemory' | 'members'>
}

function groupsIn(hierarchy: Hierarchy): ControlGroups {
  const { version, parents } = hierarchy
  /** Folders that are to be removed, also those in which a process is still ending. */
  const left = new Set<string>()
  const removeLeft = (): void => {
    for (const folder of left) if (tryRemove(folder)) left.delete(folder)
  }
  return {
    version,
    create: (limits) => {
      removeLeft()
      const name = groupName()
      const folders = parents.map((parent) => path.join(parent, name))
      for (const folder of folders) mkdirSync(folder)
      return {
        entrances: folders.map((folder) => path.join(folder, 'cgroup.procs')),
        ...hierarchy.limit(name, limits),
        remove: () => {
          for (const folder of folders) left.add(folder)
          removeLeft()
        },
      }
    },
    settle: async () => {
      for (let tried = 0; left.size > 0 && tried < settleTries; tried++) {
        await sleep(settleStepMs)
        removeLeft()
      }
    },
  }
}

function versionOne(): Hierarchy | undefined {
  const memory = ownGroup('memory')
  const pids = ownGroup('pids')
  if (memory === undefined || pids === undefined) return undefined
  return {
    version: 1,
    parents: [memory, pids],
    limit: (name, { memoryBytes, processes }) => {
      const [inMemory, inPids] = [path.join(memory, name), path.join(pids, name)]
      writeFileSync(path.join(inMemory, 'memory.limit_in_bytes'), String(memoryBytes))
      tryWrite(path.join(inMemory, 'memory.memsw.limit_in_bytes'), String(memoryBytes))
      writeFileSync(path.join(inPids, 'pids.max'), String(processes))
      return {
        ranOutOfMemory: () => counted(path.join(inMemory, 'memory.oom_control'), 'oom_kill') > 0,
        members: () => membersOf(inPids),
      }
    },
  }
}

function versionTwo(): Hierarchy | undefined {
  const own = /^0::(.*)$/m.exec(read('/proc/self/cgroup'))?.[1]
  const parent = own === undefined ? undefined : path.join('/sys/fs/cgroup', own)
  if (parent === undefined || !existsSync(path.join(parent, 'cgroup.subtree_control'))) return undefined
  const delegated = read(path.join(parent, 'cgroup.subtree_control')).split(/\s+/)
  if (!delegated.includes('memory') || !delegated.includes('pids')) return undefined
  return {
    version: 2,
    parents: [parent],
    limit: (name, { memoryBytes, processes }) => {
      const group = path.join(parent, name)
      writeFileSync(path.join(group, 'memory.max'), String(memoryBytes))
      tryWrite(path.join(group, 'memory.swap.max'), '0')
      tryWrite(path.join(group, 'memory.oom.group'), '1')
      writeFileSync(path.join(group, 'pids.max'), String(processes))
      return {
        ranOutOfMemory: () => counted(path.join(group, 'memory.events'), 'oom_kill') > 0,
        members: () => membersOf(group),
      }
    },
  }
}

/** Numbers of processes come again, so the number of this one alone would not do. */
function groupName(): string {
  return `${namePrefix}${String(process.pid)}-${randomUUID()}`
}

/** Empty groups of controllers that are gone. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const folder = path.join(parent, name)
    if (isLeftover(name, namePrefix) && isOld(folder)) tryRemove(folder)
  }
}

function isOld(folder: string): boolean {
  try {
    return Date.now() - statSync(folder).mtimeMs > leftoverMs
  } catch {
    return false
  }
}

/** The folder of the group this process is in, for one controller of version 1. */
function ownGroup(controller: string): string | undefined {
  const line = read('/proc/self/cgroup')
    .split('\n')
    .map((each) => each.split(':'))
    .find(([, controllers]) => controllers?.split(',').includes(controller))
  if (line === undefined) return undefined
  const folder = path.join('/sys/fs/cgroup', controller, line.slice(2).join(':'))
  return existsSync(path.join(folder, 'cgroup.procs')) ? folder : undefined
}

function counted(file: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(read(file))?.[1] ?? 0)
}

function membersOf(folder: string): readonly number[] {
  return read(path.join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** For what this kernel may lack. */
function tryWrite(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch {
    // The limit is then one of memory without swap.
  }
}

/** @returns whether it is gone; it is not while a process of it is still ending. */
function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
