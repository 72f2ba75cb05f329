/** A controller to be killed: starts the candidate given as its argument, prints its hosts' process ids, and waits. */
import process from 'node:process'
import { createIsolateBackend } from '../../src/evaluation/isolate/backend.ts'

const [code = ''] = process.argv.slice(2)
const backend = createIsolateBackend({ hosts: 2 })
const limits = { timeMs: 600_000, memoryBytes: 2e9, outputBytes: 1000, consoleBytes: 1000 }
const run = (source: string) =>
  backend.run(
    { code: source, entry: 'f', cases: [{ id: 'x', args: [] }], limits, seed: '' },
    new AbortController().signal,
  )
await Promise.all([run('export const f = () => 1'), run('export const f = () => 1')])
const running = Promise.all([run(code), run(code)])
setTimeout(() => console.log(JSON.stringify(backend.pids())), 300)
await running
