import path from 'node:path'
import { InvariantError } from '../core/errors.ts'
import { isScript } from '../core/language.ts'
import { defaultCommand } from '../evaluation/process/command-line.ts'
import type { ProcessSpec } from '../evaluation/process/spec.ts'
import type { Problem } from './problem.ts'
import type { EvaluationConfig } from './schema-evaluation.ts'
import { parseDuration, parseSize } from './units.ts'

/** The backend that runs programs of a language when the problem names none. */
export function defaultBackend(language: string): 'isolate' | 'process' {
  return isScript(language) ? 'isolate' : 'process'
}

/**
 * Fills in the defaults that depend on the backend and the language. Filling in what is filled in changes nothing.
 *
 * @param time - `limits.time` as written.
 */
export function completeEvaluation(config: EvaluationConfig, language: string, time: string): EvaluationConfig {
  const backend = config.backend ?? defaultBackend(language)
  if (backend !== 'process') return { backend }
  const { command, start, cpu, build, ...rest } = config
  const own = command ?? defaultCommand(language)
  if (own === undefined) throw new InvariantError('a command was checked to be there')
  const announces = start ?? (own.includes('{runner}') ? '10s' : undefined)
  return {
    backend,
    command: [...own],
    ...(build === undefined ? {} : { build }),
    env: [],
    read: [],
    sandbox: 'auto',
    ...(announces === undefined ? {} : { start: announces }),
    cpu: cpu ?? `${String((parseDuration(time) ?? 0) + 1000)}ms`,
    processes: 64,
    disk: '64MB',
    ...rest,
  }
}

/** Turns a complete `evaluation` section into what a backend is set up with. Paths are relative to `folder`. */
export function toEvaluation(config: EvaluationConfig, folder: string): Problem['evaluation'] {
  if (config.backend !== 'process') return { backend: config.backend ?? 'isolate' }
  const { command, build, env = [], read = [], sandbox = 'auto', start, cpu, processes = 64, disk, device } = config
  return {
    backend: 'process',
    command: command ?? [],
    build:
      build === undefined
        ? undefined
        : { command: build.command, timeMs: ms(build.time), memoryBytes: parseSize(build.memory) ?? 0 },
    env,
    read: read.map((file) => path.resolve(folder, file)),
    sandbox,
    startMs: start === undefined ? undefined : ms(start),
    cpuMs: ms(cpu ?? ''),
    processes,
    diskBytes: parseSize(disk ?? '') ?? 0,
    ...(device === undefined
      ? {}
      : { device: { kind: device.kind, ids: device.ids, slots: device.slots, exclusive: device.exclusive } }),
  } satisfies ProcessSpec
}

function ms(written: string): number {
  const value = parseDuration(written)
  if (value === undefined) throw new InvariantError(`the schema let ${JSON.stringify(written)} pass`)
  return value
}
