import type { DeviceSpec } from '../devices/spec.ts'

/** How candidates are run by a command: the `evaluation` section of a problem with `backend: process`. */
export interface ProcessSpec {
  readonly backend: 'process'
  /**
   * The command and its arguments. `{program}` is the candidate's file, `{build}` the folder of the build's outputs,
   * `{runner}` the runner shipped for the language and `{node}` the Node that runs this program.
   */
  readonly command: readonly string[]
  /** What is run once per candidate before its cases; its outputs go into `{build}`. */
  readonly build:
    { readonly command: readonly string[]; readonly timeMs: number; readonly memoryBytes: number } | undefined
  /** Variables of the environment: `NAME` is passed through, `NAME=value` is set. All others are taken away. */
  readonly env: readonly string[]
  /** Absolute paths that candidates may read beside the system's own programs and libraries. */
  readonly read: readonly string[]
  readonly sandbox: 'auto' | 'required' | 'off'
  /** Longest time until the command says that it is ready, in milliseconds; `undefined` when it does not say so. */
  readonly startMs: number | undefined
  /** Processor time of all processes of one case together, in milliseconds. */
  readonly cpuMs: number
  /** Processes and threads at one time. At least 1. */
  readonly processes: number
  /** What may be written to files, in bytes. */
  readonly diskBytes: number
  /** The device that each candidate is lent; absent where it needs none. */
  readonly device?: DeviceSpec
}
