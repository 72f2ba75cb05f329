import { lstatSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { ControlGroup } from './control-group.ts'
import { proportionalBytes, treeUsage, usageOf } from './process-tree.ts'
import type { TreeUsage } from './process-tree.ts'

/** A limit that was passed. */
export type Excess = 'memory' | 'cpu' | 'processes' | 'disk'

/** What is watched. Limits in bytes, milliseconds and pieces. */
export interface Watched {
  readonly root: number
  /** `NAME=value` that everything started here has in its environment. */
  readonly marker: string
  /** With a group the kernel holds memory and processes, and only the processor time is watched. */
  readonly group: ControlGroup | undefined
  /** Folders on the machine's own disk that the command may write to. */
  readonly folders: readonly string[]
  readonly memoryBytes: number
  readonly cpuMs: number
  readonly processes: number
  readonly diskBytes: number
}

/** Looks come this often, in milliseconds, and more rarely where one look takes long: at most a twentieth of the time. */
const firstLook = 25
const share = 20

/**
 * Watches a command from outside and reports the first limit it passes.
 *
 * @returns A function that ends the watch.
 */
export function watch(watched: Watched, report: (excess: Excess) => void): () => void {
  let timer: NodeJS.Timeout
  const look = (): void => {
    const started = performance.now()
    const excess = excessOf(watched)
    if (excess !== undefined) {
      report(excess)
      return
    }
    timer = setTimeout(look, Math.max(firstLook, (performance.now() - started) * share))
  }
  timer = setTimeout(look, firstLook)
  return () => clearTimeout(timer)
}

function excessOf(watched: Watched): Excess | undefined {
  const usage = currentUsage(watched)
  if (usage.cpuMs > watched.cpuMs) return 'cpu'
  // The kernel ended one process for memory; the others would wait for it until the deadline.
  if (watched.group?.ranOutOfMemory() === true) return 'memory'
  if (watched.group === undefined) {
    if (usage.threads > watched.processes) return 'processes'
    // Forked processes share most of what each of them seems to hold: count exactly before anybody is blamed.
    if (usage.residentBytes > watched.memoryBytes && proportionalBytes(usage.pids) > watched.memoryBytes)
      return 'memory'
  }
  return watched.folders.some((folder) => sizeOf(folder, watched.diskBytes) > watched.diskBytes) ? 'disk' : undefined
}

function currentUsage({ group, root, marker }: Watched): TreeUsage {
  return group === undefined ? treeUsage(root, marker) : usageOf(group.members())
}

/** Bytes in the files of a folder, counted no further than `enough`. */
function sizeOf(folder: string, enough: number): number {
  let total = 0
  const waiting = [folder]
  for (let next = waiting.pop(); next !== undefined && total <= enough; next = waiting.pop()) {
    try {
      const stats = lstatSync(next)
      // A sparse file takes what it takes, not what it says.
      total += Math.max(stats.blocks * 512, 512)
      if (stats.isDirectory()) for (const name of readdirSync(next)) waiting.push(path.join(next, name))
    } catch {
      // It went away while it was counted.
    }
  }
  return total
}
