import { createProcessBackend } from '../../../src/evaluation/process/backend.ts'
import { guards } from '../../../src/evaluation/process/guards.ts'
import type { ProcessSpec } from '../../../src/evaluation/process/spec.ts'
import type { EvaluatorBackend } from '../../../src/evaluation/backend.ts'

/** A process backend for JavaScript programs, run by the shipped runner unless told otherwise. */
export function nodeBackend(
  changes: Partial<ProcessSpec> = {},
  slots = 2,
  probe: typeof guards = guards,
): EvaluatorBackend {
  return backendFor('javascript', { command: ['{node}', '{runner}', '{program}'], ...changes }, slots, probe)
}

/** A process backend for programs that a POSIX shell runs as they are: they read and write the descriptors themselves. */
export function shellBackend(changes: Partial<ProcessSpec> = {}): EvaluatorBackend {
  return backendFor('shell', { command: ['sh', '{program}'], startMs: undefined, ...changes }, 1, guards)
}

function backendFor(
  language: string,
  changes: Partial<ProcessSpec>,
  slots: number,
  probe: typeof guards,
): EvaluatorBackend {
  const spec: ProcessSpec = {
    backend: 'process',
    command: [],
    build: undefined,
    env: [],
    read: [],
    sandbox: 'auto',
    startMs: 10_000,
    cpuMs: 20_000,
    processes: 64,
    diskBytes: 16e6,
    ...changes,
  }
  return createProcessBackend({ spec, language, folder: import.meta.dirname, slots, probe })
}
