import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import process from 'node:process'

/** What all processes of one tree use together. */
export interface TreeUsage {
  readonly pids: readonly number[]
  /** Processes and threads. */
  readonly threads: number
  /** Resident memory in bytes; what processes share is counted once for each. */
  readonly residentBytes: number
  /** Processor time in milliseconds, that of ended children included. */
  readonly cpuMs: number
}

const pageBytes = 4096
const tickMs = 10

interface Entry {
  readonly pid: number
  readonly parent: number
  readonly threads: number
  readonly residentBytes: number
  readonly cpuMs: number
}

/**
 * What the tree below a process uses, read from `/proc`.
 *
 * @param marker - `NAME=value` in the environment of everything that was started: finds processes that detached from
 * the tree, unless they changed their environment. Without one, only descendants are found.
 */
export function treeUsage(root: number, marker: string | undefined): TreeUsage {
  const entries = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (entryOf(Number(name)) ?? []) : []))
  const children = new Map<number, Entry[]>()
  for (const entry of entries) {
    const siblings = children.get(entry.parent)
    if (siblings === undefined) children.set(entry.parent, [entry])
    else siblings.push(entry)
  }
  const found = new Map<number, Entry>()
  const waiting = entries.filter(({ pid }) => pid === root || (marker !== undefined && isMarked(pid, marker)))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next.pid)) continue
    found.set(next.pid, next)
    waiting.push(...(children.get(next.pid) ?? []))
  }
  return sumOf([...found.values()])
}

/** What known processes use. */
export function usageOf(pids: readonly number[]): TreeUsage {
  return sumOf(pids.flatMap((pid) => entryOf(pid) ?? []))
}

function sumOf(members: readonly Entry[]): TreeUsage {
  const sum = (of: (entry: Entry) => number): number => members.reduce((total, entry) => total + of(entry), 0)
  return {
    pids: members.map(({ pid }) => pid),
    threads: sum(({ threads }) => threads),
    residentBytes: sum(({ residentBytes }) => residentBytes),
    cpuMs: sum(({ cpuMs }) => cpuMs),
  }
}

/** Memory of processes in bytes with shared pages counted once altogether; slow, so for the moment of decision only. */
export function proportionalBytes(pids: readonly number[]): number {
  return pids.reduce((total, pid) => total + (proportionalOf(pid) ?? 0), 0)
}

function proportionalOf(pid: number): number | undefined {
  try {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}

function entryOf(pid: number): Entry | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'latin1')
    // The command's name stands in brackets and may hold any character, so fields count from the last bracket.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const at = (index: number): number => Number(fields[index] ?? 0)
    if (fields[0] === 'Z') return { pid, parent: at(1), threads: 0, residentBytes: 0, cpuMs: 0 }
    return {
      pid,
      parent: at(1),
      threads: at(17),
      residentBytes: at(21) * pageBytes,
      cpuMs: (at(11) + at(12) + at(13) + at(14)) * tickMs,
    }
  } catch {
    // It ended while it was looked at.
    return undefined
  }
}

function isMarked(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'latin1')
      .split('\0')
      .includes(marker)
  } catch {
    return false
  }
}

/** Whether processes can be looked at here at all: `/proc` is Linux's. */
export function hasProcessTable(): boolean {
  try {
    return readlinkSync('/proc/self') === String(process.pid)
  } catch {
    return false
  }
}
