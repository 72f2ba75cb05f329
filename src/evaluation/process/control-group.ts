import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

/** A kernel control group around one command: its limits hold for every process in it, however it was started. */
export interface ControlGroup {
  /** Files into which a process writes `0` to put itself into the group. */
  readonly entrances: readonly string[]
  /** Whether the kernel ended a process of the group because its memory was used up. */
  ranOutOfMemory(): boolean
  /** Process ids that are still in it. */
  members(): readonly number[]
  /** Removes it; its processes must be gone. */
  remove(): void
}

/** Where groups can be made here. */
export interface ControlGroups {
  readonly version: 1 | 2
  /** @throws what the file system throws when a group cannot be made after all. */
  create(limits: { readonly memoryBytes: number; readonly processes: number }): ControlGroup
}

let serial = 0

/** Finds control groups that this process may use for memory and process counts; `undefined` where it may not. */
export function findControlGroups(): ControlGroups | undefined {
  const groups = versionTwo() ?? versionOne()
  if (groups === undefined) return undefined
  try {
    groups.create({ memoryBytes: 2 ** 30, processes: 10 }).remove()
    return groups
  } catch {
    return undefined
  }
}

function versionOne(): ControlGroups | undefined {
  const memory = ownGroup('memory')
  const pids = ownGroup('pids')
  if (memory === undefined || pids === undefined) return undefined
  return {
    version: 1,
    create: ({ memoryBytes, processes }) => {
      const name = groupName()
      const [inMemory, inPids] = [path.join(memory, name), path.join(pids, name)]
      mkdirSync(inMemory)
      mkdirSync(inPids)
      writeFileSync(path.join(inMemory, 'memory.limit_in_bytes'), String(memoryBytes))
      tryWrite(path.join(inMemory, 'memory.memsw.limit_in_bytes'), String(memoryBytes))
      writeFileSync(path.join(inPids, 'pids.max'), String(processes))
      return {
        entrances: [path.join(inMemory, 'cgroup.procs'), path.join(inPids, 'cgroup.procs')],
        ranOutOfMemory: () => counted(path.join(inMemory, 'memory.oom_control'), 'oom_kill') > 0,
        members: () => membersOf(inPids),
        remove: () => {
          tryRemove(inMemory)
          tryRemove(inPids)
        },
      }
    },
  }
}

function versionTwo(): ControlGroups | undefined {
  const own = /^0::(.*)$/m.exec(read('/proc/self/cgroup'))?.[1]
  const folder = own === undefined ? undefined : path.join('/sys/fs/cgroup', own)
  if (folder === undefined || !existsSync(path.join(folder, 'cgroup.subtree_control'))) return undefined
  const delegated = read(path.join(folder, 'cgroup.subtree_control')).split(/\s+/)
  if (!delegated.includes('memory') || !delegated.includes('pids')) return undefined
  return {
    version: 2,
    create: ({ memoryBytes, processes }) => {
      const group = path.join(folder, groupName())
      mkdirSync(group)
      writeFileSync(path.join(group, 'memory.max'), String(memoryBytes))
      tryWrite(path.join(group, 'memory.swap.max'), '0')
      tryWrite(path.join(group, 'memory.oom.group'), '1')
      writeFileSync(path.join(group, 'pids.max'), String(processes))
      return {
        entrances: [path.join(group, 'cgroup.procs')],
        ranOutOfMemory: () => counted(path.join(group, 'memory.events'), 'oom_kill') > 0,
        members: () => membersOf(group),
        remove: () => tryRemove(group),
      }
    },
  }
}

function groupName(): string {
  return `evolve-${String(process.pid)}-${String(++serial)}`
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

function tryRemove(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // A process of it is still ending; an empty group that stays behind does no harm.
  }
}
