import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { PlacementDecision } from '../../src/core/placement.ts'
import type { RunStore, Unfinished } from '../../src/store/run-store.ts'
import { createSqliteRun, openSqliteRun } from '../../src/store/sqlite/run-store.ts'
import { memoryDisk, MemoryStore } from '../fakes/memory-store.ts'
import {
  budget,
  child,
  ending,
  evaluation,
  identity,
  opening,
  placement,
  selected,
  stageRun,
  start,
} from '../store/run-values.ts'
import fc from '../seeded-properties.ts'

/** One draw; what it means depends on where the drawn candidate stands. */
interface Draw {
  readonly what: 'select' | 'advance' | 'fail' | 'call' | 'settle' | 'reopen' | 'touch'
  readonly pick: number
  readonly number: number
  readonly text: string
}

const draws = fc.array(
  fc.record<Draw>({
    what: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('select', 'call', 'settle') },
      { weight: 6, arbitrary: fc.constant('advance') },
      { weight: 1, arbitrary: fc.constantFrom('fail', 'reopen', 'touch') },
    ),
    pick: fc.nat(1000),
    number: fc.double({ noNaN: true, noDefaultInfinity: true }),
    text: fc.string({ unit: 'grapheme', maxLength: 12 }),
  }),
  { maxLength: 120, size: 'max' },
)

/** The moves that a draw means on the state that both stores share; all of them legal. */
function movesOf(draw: Draw, model: MemoryStore): (store: RunStore) => void {
  const { pick, text } = draw
  const { candidates, calls } = model.disk
  const now = start + calls.length + candidates.length + pick
  const unfinished = model.unfinished()
  const candidate = unfinished[pick % Math.max(1, unfinished.length)]
  if (draw.what === 'select') {
    const earlier = candidates.length
    const parent = earlier === 0 ? undefined : pick % earlier
    const inspirations = earlier === 0 ? [] : Array.from({ length: pick % 3 }, (_, index) => (pick + index) % earlier)
    return (store) => store.select(selected(earlier, { parent, inspirations, operator: text, island: pick % 4 }), now)
  }
  if (draw.what === 'touch') return (store) => store.touch(now)
  if (draw.what === 'settle') {
    const open = calls.flatMap(({ status }, index) => (status === 'open' ? [index + 1] : []))
    const id = open[pick % Math.max(1, open.length)]
    // Eighths add up exactly in any order.
    const charged = { chargedTokens: pick, chargedUsd: pick % 5 === 0 ? undefined : pick / 8 }
    const said = pick % 3 === 0 ? ({ status: 'error', reply: undefined, error: text } as const) : { reply: text }
    return (store) => (id === undefined ? undefined : store.closeCall(id, ending({ ...charged, ...said })))
  }
  if (candidate === undefined) return () => undefined
  const { ordinal } = candidate
  if (draw.what === 'fail') {
    return (store) => store.fail(ordinal, { kind: pick % 2 === 0 ? 'unchanged' : 'gated', message: text }, [], now)
  }
  if (draw.what === 'call') {
    if (candidate.state !== 'prompted' && candidate.state !== 'replied') return () => undefined
    const reservedUsd = pick % 7 === 0 ? undefined : pick / 8
    return (store) =>
      void store.openCall(opening(ordinal, candidate.attempts + 1, { reservedTokens: pick, reservedUsd }))
  }
  return advance(candidate, draw, now, candidates.length)
}

function advance(
  candidate: Unfinished,
  { pick, number, text }: Draw,
  now: number,
  count: number,
): (store: RunStore) => void {
  const { ordinal } = candidate
  switch (candidate.state) {
    case 'selected': {
      const sections = [
        { name: 'a', text },
        { name: 'b', text: 'fixed' },
      ]
      const prompt = { template: 't', system: 'sys', user: `head ${text} fixed`, sections }
      return (store) =>
        pick % 2 === 0 ? store.prompt(ordinal, prompt) : store.patch(ordinal, { ...child, source: text })
    }
    case 'replied':
      return (store) =>
        store.patch(ordinal, { source: text, traits: { step: number }, change: { summary: text, detail: [number] } })
    case 'patched':
      return (store) => store.beginEvaluation(ordinal)
    case 'evaluating': {
      if (pick % 2 === 0) {
        const run = stageRun(`stage ${String(candidate.stageRuns.length)}`, {
          outcome: { ok: true, output: { [text]: number }, ...(pick % 3 === 0 ? { cached: true } : {}) },
          durationMs: Math.abs(number),
        })
        return (store) =>
          store.recordStages(ordinal, [{ ...run, keep: pick % 4 === 0 ? 'stored' : 'recompute', shared: true }])
      }
      const fitness = number + 0
      const decisions: readonly PlacementDecision[] = ['new-cell', 'improved', 'rejected']
      const decision = decisions[pick % 3] ?? 'rejected'
      const migrant = placement(pick % count, number + 0, { via: 'migration', clamped: [text] })
      return (store) =>
        store.place(
          ordinal,
          evaluation(fitness, { feedback: text, artifacts: { [text]: [number] } }),
          [placement(ordinal, fitness, { decision, displaced: 0 }), ...(pick % 4 === 1 ? [migrant] : [])],
          now,
        )
    }
    default:
      return () => undefined
  }
}

function everything(store: RunStore) {
  const { selected: last } = store.totals()
  const ordinals = Array.from({ length: last + 1 }, (_, ordinal) => ordinal)
  return {
    totals: store.totals(),
    unfinished: store.unfinished(),
    placements: Array.from(store.placements()),
    lineage: Array.from(store.lineage()),
    schedule: Array.from(store.schedule()),
    failures: store.failureCounts(),
    evaluations: ordinals.map((ordinal) => store.evaluation(ordinal)),
    parents: ordinals.map((ordinal) => [store.memory.trail(ordinal, 3), store.memory.changes(ordinal, 3)]),
  }
}

test('after any legal moves and openings the file tells what the model in memory tells', () => {
  fc.assert(
    fc.property(draws, (sequence) => {
      const dir = mkdtempSync(path.join(tmpdir(), 'evolve-store-'))
      const disk = memoryDisk(identity, budget)
      let model = new MemoryStore(disk)
      let store = createSqliteRun(dir, identity, budget)
      try {
        const reopen = (now: number): void => {
          store.close()
          store = openSqliteRun(dir)
          model = new MemoryStore(disk)
          expect(store.loseOpenCalls(now)).toBe(model.loseOpenCalls(now))
          for (const each of [store, model]) each.openSession(now)
        }
        for (const draw of sequence) {
          if (draw.what === 'reopen') {
            reopen(start + draw.pick)
            continue
          }
          const move = movesOf(draw, model)
          move(store)
          move(model)
        }
        expect(everything(store)).toEqual(everything(model))
        store.close()
        store = openSqliteRun(dir)
        expect(everything(store)).toEqual(everything(new MemoryStore(disk)))
      } finally {
        store.close()
        rmSync(dir, { recursive: true, force: true })
      }
    }),
    { numRuns: 60 },
  )
})
