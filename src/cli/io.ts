import type { Output } from '../report/output.ts'

/** What a verb may touch of the process it runs in. */
export interface Io {
  /** Results go here and nowhere else. */
  readonly out: Output
  /** Progress, notices and errors. */
  readonly err: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Registers for Ctrl+C and SIGTERM; returns how to unregister. */
  onInterrupt(handler: () => void): () => void
}

/** The process's own streams, environment and signals. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  return {
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    onInterrupt: (handler) => {
      process.on('SIGINT', handler)
      process.on('SIGTERM', handler)
      return () => {
        process.off('SIGINT', handler)
        process.off('SIGTERM', handler)
      }
    },
  }
}

/** Whoever read our output has gone (`| head`): that ends no run and is no error. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
