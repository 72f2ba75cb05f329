import { createServer } from 'node:net'
import process from 'node:process'

/** A name that one process of this machine holds. */
export interface MachineLock {
  release(): Promise<void>
}

/**
 * Takes a name for this process, or tells that another holds it.
 *
 * The name is an abstract socket: the kernel frees it when its process ends, however it ends, and nothing is left on the
 * disk. Only Linux has them; elsewhere, and in a network namespace of its own, a process sees its own locks only.
 */
export async function tryLock(name: string): Promise<MachineLock | undefined> {
  const address = process.platform === 'linux' ? `\0evolve/${name}` : undefined
  if (address === undefined) return tryLocal(name)
  const server = createServer((connection) => connection.destroy())
  server.unref()
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') resolve(false)
    else reject(error)
  })
  server.listen({ path: address, exclusive: true }, () => resolve(true))
  if (!(await promise)) return undefined
  return { release: () => new Promise((done) => server.close(() => done())) }
}

const local = new Set<string>()

function tryLocal(name: string): MachineLock | undefined {
  if (local.has(name)) return undefined
  local.add(name)
  const release = (): Promise<void> => {
    local.delete(name)
    return Promise.resolve()
  }
  return { release }
}
