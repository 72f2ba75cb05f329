// A process that works on a run like the command does and kills itself with SIGKILL right after the nth call of one of
// the store's verbs, so that a test can leave a candidate in any state its row can be in.
//   node dying-run.ts <run folder> <problem.yaml> <verb> <n>
import { existsSync } from 'node:fs'
import path from 'node:path'
import { carryOut, withEvaluating } from '../../src/cli/carry-out.ts'
import { knownNames } from '../../src/compose/names.ts'
import { textHash } from '../../src/compose/hashes.ts'
import { loadProblem } from '../../src/config/load.ts'
import type { RunStore } from '../../src/store/run-store.ts'
import { createSqliteRun, openSqliteRun } from '../../src/store/sqlite/run-store.ts'

const [dir = '', file = '', verb = '', count = '1'] = process.argv.slice(2)
const { problem, effective } = loadProblem(file, { env: process.env, known: knownNames })

function dying(store: RunStore): RunStore {
  let left = Number(count)
  return new Proxy(store, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, args)
        if (key === verb && --left === 0) process.kill(process.pid, 'SIGKILL')
        return result
      }
    },
  })
}

await withEvaluating(problem, 1, async (evaluating) => {
  const store = existsSync(path.join(dir, 'evolve.db'))
    ? openSqliteRun(dir)
    : createSqliteRun(
        dir,
        {
          name: path.basename(dir),
          seed: 1,
          createdAt: Date.now(),
          version: '0',
          problemFile: problem.file,
          config: effective,
          evaluatorHash: evaluating.evaluatorHash,
          programHash: textHash(problem.program.source),
          libraries: [],
          contract: '',
          reproducible: true,
          objective: problem.objectives[0] ?? { name: '', direction: 'maximize' },
        },
        problem.budget,
      )
  const io = { out: process.stdout, err: process.stderr, env: process.env, onInterrupt: () => () => undefined }
  await carryOut(io, { problem, store: dying(store), evaluating, dir, json: true })
  store.close()
})
