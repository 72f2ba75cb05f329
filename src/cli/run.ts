import { rmSync } from 'node:fs'
import { knownNames } from '../compose/names.ts'
import { loadProblem } from '../config/load.ts'
import { systemClock } from '../core/system-clock.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import { createSqliteRun } from '../store/sqlite/run-store.ts'
import { createRunFolder } from '../store/runs-folder.ts'
import { modelFromEnvironment } from '../config/environment-model.ts'
import type { OfferedModel } from '../config/environment-model.ts'
import type { Overrides } from '../config/overrides.ts'
import { priceOf } from '../llm/prices.ts'
import { carryOut, withEvaluating } from './carry-out.ts'
import type { Io } from './io.ts'
import { newIdentity } from './new-identity.ts'
import { overridesOf } from './problem-flags.ts'
import type { ProblemFlags } from './problem-flags.ts'

/** The flags of `evolve <problem.yaml>`. */
export interface RunFlags extends ProblemFlags {
  readonly seed?: number
  readonly run?: string
  readonly cache?: boolean
  readonly json?: boolean
  readonly runsDir: string
}

/** `evolve <problem.yaml>`: starts a new run. */
export async function runVerb(io: Io, file: string, flags: RunFlags): Promise<number> {
  const offered = modelFromEnvironment(io.env)
  const { problem, effective, offerTaken } = loadProblem(file, {
    env: io.env,
    known: knownNames,
    overrides: { ...overridesOf(flags), ...offerOf(offered) },
  })
  const offeredBy = offerTaken ? offered?.variable : undefined
  const seed = flags.seed ?? Math.floor(systemClock.now() % 0x1_0000_0000)
  return withEvaluating(problem, seed, async (evaluating) => {
    const { name, dir, unfinished } = createRunFolder(flags.runsDir, problem.name, flags.run, openReadOnly)
    if (unfinished !== undefined && flags.json !== true) {
      io.out.write(`run ${unfinished} of this problem is unfinished: npx evolve resume ${unfinished} goes on with it\n`)
    }
    const store = createSqliteRun(dir, newIdentity({ name, seed, problem, effective }, evaluating), problem.budget)
    let placed = false
    try {
      const code = await carryOut(io, {
        problem,
        store,
        evaluating,
        dir,
        json: flags.json === true,
        offeredBy,
        cache: flags.cache,
      })
      placed = true
      return code
    } finally {
      // A run whose first program never worked holds nothing worth keeping and would only use up its name.
      placed ||= store.evaluation(0) !== undefined
      store.close()
      if (!placed) rmSync(dir, { recursive: true, force: true })
    }
  })
}

/** A model that nobody asked for by name may spend little: 1 USD, or 200,000 tokens where its price is unknown. */
function offerOf(offered: OfferedModel | undefined): Pick<Overrides, 'offer'> {
  if (offered === undefined) return {}
  const price = priceOf({ model: offered.entry['model'] ?? '', price: undefined })
  return { offer: { entry: offered.entry, cap: price === undefined ? { tokens: 200_000 } : { usd: 1 } } }
}
