import { rawOf } from '../core/objective.ts'
import { durationText } from '../core/units.ts'
import type { StopRule } from './stop-rule.ts'

/** The best has reached the target, by the direction of the first objective. */
export const targetRule: StopRule = {
  name: 'target',
  unfinished: false,
  reason: ({ best, goals: { target }, objective }) => {
    if (best === undefined || target === undefined) return undefined
    const value = rawOf([objective], best.fitness)
    const reached = objective.direction === 'maximize' ? value >= target : value <= target
    return reached ? `the target of ${String(target)} is reached: ${String(value)}` : undefined
  },
}

/** As many candidates as were asked for have been made. */
export const candidatesRule: StopRule = {
  name: 'candidates',
  unfinished: false,
  reason: ({ used, budget: { candidates } }) => {
    if (candidates === undefined || used.selected < candidates) return undefined
    return candidates === 1 ? '1 candidate is done' : `${String(candidates)} candidates are done`
  },
}

/** No new best for so many candidates in a row, failures included, counted from the creation of the best. */
export const patienceRule: StopRule = {
  name: 'patience',
  unfinished: false,
  reason: ({ used, best, since, goals: { patience } }) => {
    const idle = used.finished - Math.max(since, best?.ordinal ?? 0)
    return patience === undefined || idle < patience
      ? undefined
      : `the last ${String(idle)} candidates brought no new best (patience ${String(patience)})`
  },
}

/** The wall time of all processes of the run together is used up. */
export const wallRule: StopRule = {
  name: 'wall',
  unfinished: false,
  reason: ({ used, budget: { wallMs } }) =>
    wallMs === undefined || used.elapsedMs < wallMs
      ? undefined
      : `the wall time is used up: ${durationText(used.elapsedMs)} of ${durationText(wallMs)}`,
}

/** Money is used up to the last cent. A call that might not fit is refused before, which ends the run by the same name. */
export const usdRule: StopRule = {
  name: 'usd',
  unfinished: false,
  reason: ({ used, callsOut, budget: { usd } }) =>
    usd === undefined || callsOut > 0 || used.usd < usd ? undefined : `the budget of ${String(usd)} USD is used up`,
}

/** Tokens are used up to the last one. A call that might not fit is refused before, which ends the run by the same name. */
export const tokensRule: StopRule = {
  name: 'tokens',
  unfinished: false,
  reason: ({ used, callsOut, budget: { tokens } }) =>
    tokens === undefined || callsOut > 0 || used.tokens < tokens
      ? undefined
      : `the budget of ${String(tokens)} tokens is used up`,
}

/** Somebody has put a file named `stop` into the run's folder. */
export const stopFileRule: StopRule = {
  name: 'stop-file',
  unfinished: true,
  reason: ({ stopFile }) => (stopFile === undefined ? undefined : `there is a stop file: remove ${stopFile} to go on`),
}
