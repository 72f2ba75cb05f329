import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import type { CallOpening, RunStore, Selected } from '../../src/store/run-store.ts'
import {
  budget,
  child,
  ending,
  evaluation,
  identity,
  opening,
  placement,
  prompt,
  selected,
  stageRun,
  ended,
  start,
  toEvaluating,
  toPlaced,
} from '../store/run-values.ts'

/** A store under test and what its process's end would leave behind. */
export interface StoreCase {
  readonly store: RunStore
  /** Opens the run again as the next process would. The store before is not used any more. */
  reopen(): RunStore
  dispose(): void
}

/** What every run store promises. */
export function storeContract(name: string, create: () => StoreCase): void {
  describe(`the ${name} store`, () => {
    let current: StoreCase
    let store: RunStore
    beforeEach(() => {
      current = create()
      store = current.store
    })
    afterEach(() => current.dispose())

    test('knows its identity and budget after it was opened again', () => {
      store.setBudget({ ...budget, usd: 20, candidates: undefined })
      store = current.reopen()
      expect(store.identity).toEqual(identity)
      expect(store.budget()).toEqual({ ...budget, usd: 20, candidates: undefined })
    })

    test('tells when children were selected and committed, also after it was opened again', () => {
      toPlaced(store, 0, 1)
      for (const [ordinal, seen] of [0, 0, 1].entries()) {
        store.select(selected(ordinal + 1, { seen }), start)
        if (ordinal === 1) store.fail(2, { kind: 'unchanged', message: '' }, [], start)
      }
      store.patch(1, child)
      store.beginEvaluation(1, undefined)
      store.place(1, evaluation(2), [placement(1, 2)], start)
      const schedule = [
        { ordinal: 1, seen: 0, finished: 2 },
        { ordinal: 2, seen: 0, finished: 1 },
        { ordinal: 3, seen: 1, finished: undefined },
      ]
      expect(Array.from(store.schedule())).toEqual(schedule)
      store = current.reopen()
      expect(Array.from(store.schedule())).toEqual(schedule)
      expect(store.unfinished().map(({ ordinal, seen }) => [ordinal, seen])).toEqual([[3, 1]])
    })

    test('tells parent, fitness and whether it was kept of all candidates in order of ordinals, also after it was opened again', () => {
      toPlaced(store, 0, 1)
      store.select(selected(1), start)
      store.select(selected(2, { parent: 0, inspirations: [1] }), start)
      toPlaced(store, 3, -2, {}, { parent: 0 })
      toPlaced(store, 4, 5, { decision: 'rejected' }, { parent: 3 })
      store.fail(1, { kind: 'unchanged', message: '' }, [], start)
      const lineage = [
        { ordinal: 0, parent: undefined, fitness: 1, kept: true },
        { ordinal: 1, parent: 0, fitness: undefined, kept: false },
        { ordinal: 2, parent: 0, fitness: undefined, kept: undefined },
        { ordinal: 3, parent: 0, fitness: -2, kept: true },
        { ordinal: 4, parent: 3, fitness: 5, kept: false },
      ]
      expect(Array.from(store.lineage())).toEqual(lineage)
      store = current.reopen()
      expect(Array.from(store.lineage())).toEqual(lineage)
    })

    test('tells what became of the earlier children of a parent by one operator, as of a number of commits', () => {
      toPlaced(store, 0, 1)
      const change = (value: number) => ({ summary: 'tuned', detail: { values: [value] } })
      const patched = (ordinal: number, more: Partial<Selected> = {}) => {
        store.select(selected(ordinal, { operator: 'tune', ...more }), start)
        store.patch(ordinal, { source: `program ${String(ordinal)}`, traits: {}, change: change(ordinal) })
        store.beginEvaluation(ordinal)
      }
      patched(1)
      patched(2)
      patched(3, { operator: 'perturb' })
      patched(4, { island: 1, parent: 1 })
      patched(5)
      store.select(selected(6, { operator: 'tune' }), start)
      const place = (ordinal: number, fitness: number) =>
        store.place(ordinal, evaluation(fitness), [placement(ordinal, fitness)], start)
      place(2, 5)
      place(4, 7)
      store.fail(1, { kind: 'threw', message: '' }, [], start)
      place(3, 6)
      store.fail(6, { kind: 'unchanged', message: '' }, [], start)
      const children = [
        { detail: { values: [2] }, fitness: 5 },
        { detail: { values: [1] }, fitness: undefined },
      ]
      for (const again of [false, true]) {
        const opened = again ? (store = current.reopen()) : store
        expect(opened.earlierChildren(0, 'tune', 5)).toEqual(children)
        expect(opened.earlierChildren(0, 'tune', 2)).toEqual(children.slice(0, 1))
        expect(opened.earlierChildren(0, 'tune', 0)).toEqual([])
        expect(opened.earlierChildren(1, 'tune', 5)).toEqual([{ detail: { values: [4] }, fitness: 7 }])
        // Committed in the order 2, 4, 1, 3, 6; 4 is a child of 1 and 3 one by another operator.
        expect([1, 2, 3, 4, 6].map((ordinal) => opened.bestSibling(ordinal))).toEqual([
          5,
          undefined,
          undefined,
          undefined,
          5,
        ])
        expect(Array.from(opened.madeBy('tune'))).toEqual([
          { island: 0, parent: 0 },
          { island: 0, parent: 0 },
          { island: 1, parent: 1 },
          { island: 0, parent: 0 },
          { island: 0, parent: 0 },
        ])
      }
    })

    test('tells what came of candidates, the latest commits in their order and then those on their way', () => {
      toPlaced(store, 0, 1)
      store.select(selected(1, { operator: 'diff', model: 'small' }), start)
      toEvaluating(store, 2)
      store.select(selected(3, { operator: 'diff', model: 'small' }), start)
      store.prompt(3, prompt)
      store.closeCall(store.openCall(opening(3, 1)), ending())
      toPlaced(store, 4, 3, {}, { parent: 0 })
      store.place(2, evaluation(5), [placement(2, 5)], start)
      store.fail(3, { kind: 'search-missed', message: '' }, [], start)
      const trial = { parentFitness: 1, fitness: undefined, failure: undefined, tokens: 0, usd: 0, finished: true }
      const trials = [
        { ...trial, ordinal: 4, operator: 'perturb', model: undefined, fitness: 3 },
        { ...trial, ordinal: 2, operator: 'perturb', model: undefined, fitness: 5 },
        { ...trial, ordinal: 3, operator: 'diff', model: 'small', failure: 'search-missed', tokens: 120, usd: 0.125 },
        { ...trial, ordinal: 1, operator: 'diff', model: 'small', finished: false },
      ]
      for (const again of [false, true]) {
        const opened = again ? (store = current.reopen()) : store
        expect(opened.latestTrials(10)).toEqual(trials)
        expect(opened.latestTrials(2)).toEqual(trials.slice(1))
        for (const each of trials) expect(opened.trial(each.ordinal)).toEqual(each)
        expect(() => opened.trial(0)).toThrow(InvariantError)
        expect(() => opened.trial(9)).toThrow(InvariantError)
      }
    })

    describe('counting candidates', () => {
      test('refuses a gap, a repeated ordinal and a parent that does not exist yet', () => {
        expect(() => store.select(selected(1), start)).toThrow(InvariantError)
        store.select(selected(0), start)
        expect(() => store.select(selected(0), start)).toThrow(InvariantError)
        expect(() => store.select(selected(2), start)).toThrow(InvariantError)
        expect(() => store.select(selected(1, { parent: 1 }), start)).toThrow(InvariantError)
        expect(() => store.select(selected(1, { inspirations: [7] }), start)).toThrow(InvariantError)
        expect(() => store.select(selected(1, { parent: undefined }), start)).toThrow(InvariantError)
        expect(store.totals().selected).toBe(0)
        store = current.reopen()
        store.select(selected(1), start)
        expect(store.totals().selected).toBe(1)
      })

      test('leaves the first program out of its totals', () => {
        toPlaced(store, 0, 1)
        expect(store.totals()).toMatchObject({ selected: 0, finished: 0 })
        toPlaced(store, 1, 2)
        store.select(selected(2), start)
        store.fail(2, { kind: 'no-reply', message: 'down' }, [], start)
        store.select(selected(3), start)
        const totals = { selected: 3, finished: 2 }
        expect(store.totals()).toMatchObject(totals)
        expect(current.reopen().totals()).toMatchObject(totals)
      })
    })

    describe('moving a candidate', () => {
      test('allows no move but the next one', () => {
        store.select(selected(0), start)
        const born = [placement(0, 1)]
        expect(() => store.beginEvaluation(0)).toThrow(InvariantError)
        expect(() => store.recordStages(0, [ended(stageRun('parse'))])).toThrow(InvariantError)
        expect(() => store.place(0, evaluation(1), born, start)).toThrow(InvariantError)
        expect(() => store.openCall(opening(0, 1))).toThrow(InvariantError)
        store.prompt(0, prompt)
        expect(() => store.prompt(0, prompt)).toThrow(InvariantError)
        expect(() => store.patch(0, child)).toThrow(InvariantError)
        store.closeCall(store.openCall(opening(0, 1)), ending())
        store.patch(0, child)
        expect(() => store.patch(0, child)).toThrow(InvariantError)
        store.beginEvaluation(0)
        expect(() => store.beginEvaluation(0)).toThrow(InvariantError)
        store.place(0, evaluation(1), born, start)
        expect(() => store.place(0, evaluation(1), born, start)).toThrow(InvariantError)
        expect(() => store.fail(0, { kind: 'unchanged', message: '' }, [], start)).toThrow(InvariantError)
        expect([...store.placements()]).toEqual(born)
      })

      test('refuses moves of a candidate that does not exist', () => {
        expect(() => store.prompt(0, prompt)).toThrow(InvariantError)
        expect(() => store.fail(4, { kind: 'unchanged', message: '' }, [], start)).toThrow(InvariantError)
        expect(() => store.openCall(opening(4, 1))).toThrow(InvariantError)
        expect(() => store.closeCall(1, ending())).toThrow(InvariantError)
      })

      test('a refused move leaves nothing behind', () => {
        toEvaluating(store, 0)
        const before = store.unfinished()
        const nan = evaluation(1, { descriptors: { 'source-length': Number.NaN } })
        expect(() => store.place(0, nan, [placement(0, 1)], start)).toThrow(InvariantError)
        expect(() =>
          store.place(0, evaluation(1), [placement(0, 1), placement(9, 1, { via: 'migration' })], start),
        ).toThrow(InvariantError)
        expect(store.unfinished()).toEqual(before)
        expect([...store.placements()]).toEqual([])
        expect(store.evaluation(0)).toBeUndefined()
      })

      test('knows whom a candidate was given to start from, and what that program returned', () => {
        toEvaluating(store, 0)
        store.recordStages(0, [
          { ...stageRun('run', { outcome: { ok: true, output: { cases: [1, 2] } } }), keep: 'stored', shared: true },
          { ...stageRun('parse', { outcome: { ok: true, output: 'code' } }), keep: 'recompute', shared: true },
        ])
        store.place(0, evaluation(1), [placement(0, 1)], start)
        expect(store.stageOutput(0, 'run')).toEqual({ cases: [1, 2] })
        expect(store.stageOutput(0, 'parse')).toBeUndefined()
        expect(store.stageOutput(0, 'score')).toBeUndefined()
        store.select(selected(1), start)
        store.patch(1, child)
        expect(store.unfinished()[0]?.warmStart).toBeUndefined()
        store.beginEvaluation(1, 0)
        expect(store.unfinished()[0]?.warmStart).toBe(0)
      })

      test('refuses numbers that are not finite wherever they enter', () => {
        toEvaluating(store, 0)
        const off = Number.POSITIVE_INFINITY
        const place = (values: Partial<ReturnType<typeof evaluation>>, fitness = 1) =>
          store.place(0, { ...evaluation(1), ...values }, [placement(0, fitness)], start)
        expect(() => place({ fitness: Number.NaN }, Number.NaN)).toThrow(InvariantError)
        expect(() => place({ objectives: { sum_radii: off } })).toThrow(InvariantError)
        expect(() => place({ objectives: {} })).toThrow(InvariantError)
        expect(() => place({ scores: { a: off } })).toThrow(InvariantError)
        expect(() => place({ artifacts: { raw: [[off]] } })).toThrow(InvariantError)
        expect(() => store.recordStages(0, [ended(stageRun('a', { durationMs: off }))])).toThrow(InvariantError)
        expect(() => store.recordStages(0, [ended(stageRun('a', { outcome: { ok: true, output: [off] } }))])).toThrow(
          InvariantError,
        )
        store.select(selected(1), start)
        expect(() => store.patch(1, { ...child, traits: { step: Number.NaN } })).toThrow(InvariantError)
        expect(() => store.event('x', { n: off }, start)).toThrow(InvariantError)
        expect(() => store.touch(Number.NaN)).toThrow(InvariantError)
        expect(store.unfinished().map(({ state, stageRuns }) => [state, stageRuns.length])).toEqual([
          ['evaluating', 0],
          ['selected', 0],
        ])
      })

      test('measures begin with the objective, unmeasured, and are replaced as a whole', () => {
        expect(store.measures()).toEqual([{ ...identity.objective, noise: 0, repeats: 1 }])
        const measures = [
          { ...identity.objective, noise: 0.125, repeats: 3 },
          { name: 'seconds', direction: 'minimize', noise: 0, repeats: 3 },
        ] as const
        store.setMeasures(measures)
        expect(store.measures()).toEqual(measures)
      })

      test('refuses measures that do not begin with the objective or have no noise floor', () => {
        const own = { ...identity.objective, noise: 0, repeats: 1 }
        const other = { name: 'seconds', direction: 'minimize', noise: 0, repeats: 1 } as const
        for (const wrong of [
          [],
          [other],
          [{ ...own, direction: 'minimize' } as const],
          [{ ...own, noise: Number.NaN }],
          [{ ...own, noise: -1 }],
          [{ ...own, repeats: 0 }],
        ]) {
          expect(() => store.setMeasures(wrong)).toThrow(InvariantError)
        }
        expect(store.measures()).toEqual([own])
      })

      test('a candidate can fail from every state that is not final', () => {
        const failure = { kind: 'no-reply', message: 'down' } as const
        toPlaced(store, 0, 1)
        store.select(selected(1), start)
        store.select(selected(2), start)
        store.prompt(2, prompt)
        store.select(selected(3), start)
        store.prompt(3, prompt)
        store.closeCall(store.openCall(opening(3, 1)), ending())
        store.select(selected(4), start)
        store.patch(4, child)
        toEvaluating(store, 5)
        for (const ordinal of [1, 2, 3, 4, 5]) store.fail(ordinal, failure, [], start)
        expect(store.unfinished()).toEqual([])
        expect(store.failureCounts()).toEqual({ 'no-reply': 5 })
        expect(current.reopen().failureCounts()).toEqual({ 'no-reply': 5 })
      })
    })

    describe('leaving a candidate on its way', () => {
      test('gives back all it had, in every state, after it was opened again', () => {
        toPlaced(store, 0, 1)
        toPlaced(store, 1, 2)
        const lineage = {
          model: 'small',
          operator: 'diff',
          parent: 1,
          inspirations: [1, 0],
          generation: 2,
          seen: 4,
          island: 3,
        }
        for (const ordinal of [2, 3, 4, 5, 6]) store.select(selected(ordinal, lineage), start)
        for (const ordinal of [3, 4, 5, 6]) store.prompt(ordinal, prompt)
        store.closeCall(
          store.openCall(opening(4, 1)),
          ending({ status: 'error', reply: undefined, finish: undefined, error: '500' }),
        )
        for (const ordinal of [4, 5, 6]) {
          store.closeCall(
            store.openCall(opening(ordinal, 2)),
            ending({ reply: `reply ${String(ordinal)}`, finish: 'length' }),
          )
        }
        for (const ordinal of [5, 6]) store.patch(ordinal, child)
        store.beginEvaluation(6)
        const runs = [
          stageRun('parse', { outcome: { ok: true, output: null, cached: true } }),
          stageRun('run', { durationMs: 12.25 }),
        ]
        for (const run of runs) store.recordStages(6, [ended(run)])

        const bare = { ...lineage, prompt: undefined, reply: undefined, attempts: 0, child: undefined, stageRuns: [] }
        const patched = { source: child.source, traits: child.traits }
        expect(current.reopen().unfinished()).toEqual([
          { ...bare, ordinal: 2, state: 'selected' },
          { ...bare, ordinal: 3, state: 'prompted', prompt },
          {
            ...bare,
            ordinal: 4,
            state: 'replied',
            prompt,
            attempts: 2,
            reply: { text: 'reply 4', finish: 'length', purpose: 'propose' },
          },
          {
            ...bare,
            ...{ ordinal: 5, state: 'patched', prompt, attempts: 2, child: patched },
            reply: { text: 'reply 5', finish: 'length', purpose: 'propose' },
          },
          {
            ...bare,
            ...{ ordinal: 6, state: 'evaluating', prompt, attempts: 2, child: patched, stageRuns: runs },
            reply: { text: 'reply 6', finish: 'length', purpose: 'propose' },
          },
        ])
      })

      test('keeps the verdict of a stage but not its data when told so', () => {
        toEvaluating(store, 0)
        store.recordStages(0, [ended(stageRun('parse'), false)])
        store.recordStages(0, [
          ended(stageRun('run', { outcome: { ok: false, failure: { kind: 'threw', message: 'x', line: 3 } } })),
        ])
        expect(current.reopen().unfinished()[0]?.stageRuns).toEqual([
          stageRun('parse', { outcome: { ok: true, output: null } }),
          stageRun('run', { outcome: { ok: false, failure: { kind: 'threw', message: 'x', line: 3 } } }),
        ])
      })

      test('keeps some outputs for programs that the archive takes only', () => {
        const keys = ['1a', '1b'].map((end) => `${'00'.repeat(15)}${end}`)
        for (const [ordinal, key] of keys.entries()) {
          toEvaluating(store, ordinal)
          store.recordStages(ordinal, [{ ...stageRun('score', { key }), keep: 'elites', shared: true }])
        }
        store.place(0, evaluation(1), [placement(0, 1)], start)
        store.place(1, evaluation(1), [placement(1, 1, { decision: 'rejected' })], start)
        const later = current.reopen()
        expect(keys.map((key) => later.stageResult(key))).toEqual([{ ok: true, output: { a: [1, 2] } }, undefined])
      })

      test('gives back stages that were skipped, with their reason', () => {
        toEvaluating(store, 0)
        const skipped = stageRun('score', { outcome: { ok: 'skipped', reason: 'run failed' }, durationMs: 0 })
        store.recordStages(0, [ended(stageRun('run')), ended(skipped, false)])
        expect(current.reopen().unfinished()[0]?.stageRuns).toEqual([stageRun('run'), skipped])
      })

      test('finds the result of a stage by its key, whoever it was computed for', () => {
        toEvaluating(store, 0)
        const [kept, dropped, failed, unknown] = ['0a', '0b', '0c', '0d'].map((end) => `${'00'.repeat(15)}${end}`)
        const failure = { kind: 'threw', message: 'x' } as const
        store.recordStages(0, [
          ended(stageRun('run', { key: kept })),
          ended(stageRun('parse', { key: dropped }), false),
          ended(stageRun('score', { key: failed, outcome: { ok: false, failure } })),
        ])
        const later = current.reopen()
        expect(later.stageResult(kept ?? '')).toEqual({ ok: true, output: { a: [1, 2] } })
        expect(later.stageResult(dropped ?? ''), 'its data was not kept').toBeUndefined()
        expect(later.stageResult(failed ?? '')).toEqual({ ok: false, failure })
        expect(later.stageResult(unknown ?? '')).toBeUndefined()
      })

      test('keeps what programs are worth on the hold-out apart, the latest score of each', () => {
        toPlaced(store, 0, 1)
        toPlaced(store, 1, 3)
        toPlaced(store, 2, 3)
        expect(store.holdout.best(2)).toEqual([1, 2])
        const failed = { ok: false, failure: { kind: 'threw', message: 'x' } } as const
        const outcome = { ok: true, objectives: { sum_radii: 0.5 }, fitness: 0.5, scores: { a: 0.5 } } as const
        store.holdout.record({ ordinal: 1, key: 'old', outcome: failed }, start)
        store.holdout.record({ ordinal: 1, key: 'new', outcome }, start)
        store.holdout.record({ ordinal: 0, key: 'new', outcome: failed }, start)
        const off = { ...outcome, objectives: { sum_radii: Number.NaN } }
        expect(() => store.holdout.record({ ordinal: 2, key: 'new', outcome: off }, start)).toThrow(InvariantError)
        expect(current.reopen().holdout.scores()).toEqual([
          { ordinal: 0, key: 'new', outcome: failed },
          { ordinal: 1, key: 'new', outcome },
        ])
      })

      test('keeps the level of candidates and placements, and which program was carried there', () => {
        toPlaced(store, 0, 1)
        store.select(selected(1, { parent: undefined, carried: 0, level: 2 }), start)
        expect(() => store.select(selected(2, { parent: undefined }), start)).toThrow(InvariantError)
        expect(() => store.select(selected(2, { parent: undefined, carried: 2 }), start)).toThrow(InvariantError)
        store.select(selected(2, { parent: 0 }), start)
        const later = current.reopen()
        expect(later.unfinished().map(({ ordinal, level, carried }) => [ordinal, level, carried])).toEqual([
          [1, 2, 0],
          [2, undefined, undefined],
        ])
        expect([...later.lineage()].map(({ parent }) => parent)).toEqual([undefined, undefined, 0])
        expect([later.holdout.level(), later.holdout.best(5)]).toEqual([1, [0]])
        later.patch(1, child)
        later.beginEvaluation(1)
        later.place(1, evaluation(7), [{ ...placement(1, 7), level: 2 }], start)
        expect([...later.placements()].map(({ level }) => level)).toEqual([undefined, 2])
        expect([later.holdout.level(), later.holdout.best(5)]).toEqual([2, [1]])
      })

      test('keeps who finished which rung, the latest entry of each, by commit', () => {
        for (const ordinal of [0, 1, 2]) toEvaluating(store, ordinal)
        const entry = { stage: 'promote-2', fitness: 3, ahead: 0, of: 1, promoted: true }
        store.rungs.enter({ ...entry, ordinal: 1, fitness: 9 })
        for (const ordinal of [0, 1, 2]) store.rungs.enter({ ...entry, ordinal, promoted: ordinal < 2 })
        store.rungs.enter({ ...entry, ordinal: 1, fitness: 7 }, 1)
        expect(() => store.rungs.enter({ ...entry, ordinal: 1, fitness: Number.NaN })).toThrow(InvariantError)
        for (const ordinal of [0, 2]) store.fail(ordinal, { kind: 'gated', message: '' }, [], start)
        expect([...current.reopen().rungs.filed()]).toEqual([
          { ...entry, ordinal: 0, commit: 0, level: 1 },
          { ...entry, ordinal: 2, promoted: false, commit: 1, level: 1 },
        ])
      })

      test('finds the programs of a fingerprint that were committed before a candidate was selected', () => {
        const claim = (ordinal: number, scope = 'source') => store.duplicates.claim(scope, 'abc', ordinal, 'committed')
        toEvaluating(store, 0)
        expect(claim(0)).toBeUndefined()
        store.place(0, evaluation(1), [placement(0, 1)], start)
        for (const ordinal of [1, 2]) toEvaluating(store, ordinal)
        expect(claim(1)).toBe(0)
        expect(claim(1, 'other')).toBeUndefined()
        expect(claim(2, 'other')).toBeUndefined()
        store.fail(1, { kind: 'threw', message: '' }, [], start)
        store.place(2, evaluation(1), [placement(2, 1)], start)
        toEvaluating(store, 3, { seen: 1 })
        expect(claim(3, 'other')).toBe(1)
        toEvaluating(store, 4, { seen: 2 })
        expect(claim(4, 'other')).toBe(2)
        expect(current.reopen().duplicates.claim('other', 'abc', 4, 'committed')).toBe(2)
      })

      test('finds the nearest ancestor of a fingerprint, and how the way from there left it', () => {
        const claim = (ordinal: number, fingerprint = 'abc') =>
          store.duplicates.claim('source', fingerprint, ordinal, 'ancestors')
        toEvaluating(store, 0)
        expect(claim(0)).toBeUndefined()
        store.place(0, evaluation(1), [placement(0, 1)], start)
        toPlaced(store, 1, 3)
        toPlaced(store, 2, 2, {}, { parent: 1 })
        toEvaluating(store, 3, { parent: 0 })
        expect(claim(3, 'of another line')).toBeUndefined()
        toEvaluating(store, 4, { parent: 2 })
        expect(claim(4, 'of another line')).toBeUndefined()
        expect(claim(4)).toBe(0)
        expect(store.duplicates.departure(0, 4)).toEqual({ by: 1, gain: 2 })
        expect(store.duplicates.departure(1, 4)).toEqual({ by: 2, gain: -1 })
        expect(store.duplicates.departure(2, 4)).toBeUndefined()
        expect(store.duplicates.departure(3, 4)).toBeUndefined()
      })

      test('keeps vectors on the ledger alone: of scored programs, by the model, in the order of commits', () => {
        const embed = (ordinal: number, attempt: number, reply: string, more: Partial<CallOpening> = {}) =>
          store.closeCall(
            store.openCall(opening(ordinal, attempt, { model: 'vectors', purpose: 'embedding', ...more })),
            ending({ reply }),
          )
        for (const ordinal of [0, 1, 2, 3]) toEvaluating(store, ordinal, { island: ordinal })
        embed(0, 1, 'zero')
        embed(1, 1, 'one')
        embed(1, 2, 'one again')
        embed(2, 1, 'two')
        embed(2, 2, 'a verdict', { purpose: 'novelty' })
        embed(2, 3, 'of another model', { model: 'other' })
        embed(3, 1, 'three')
        store.place(0, evaluation(1), [placement(0, 1)], start)
        store.place(2, evaluation(1), [placement(2, 1)], start)
        store.place(1, evaluation(1), [placement(1, 1)], start)
        expect(store.unfinished()).toMatchObject([{ ordinal: 3, state: 'evaluating', reply: undefined, attempts: 1 }])
        store.fail(3, { kind: 'threw', message: '' }, [], start)
        const one = { ordinal: 1, island: 1, level: 1, finished: 2 }
        const all = [
          { ordinal: 0, island: 0, level: 1, finished: 0, text: 'zero' },
          { ordinal: 2, island: 2, level: 1, finished: 1, text: 'two' },
          { ...one, text: 'one' },
          { ...one, text: 'one again' },
        ]
        expect(store.duplicates.vectors('vectors', -1)).toEqual(all)
        store = current.reopen()
        expect(store.duplicates.vectors('vectors', 1)).toEqual(all.slice(2))
      })

      test('tells what a program removed, where a candidate is at home and how much it saw', () => {
        toPlaced(store, 0, 1)
        store.select(selected(1, { island: 3, seen: 0 }), start)
        const hunks = [
          { line: 1, removed: 'let a = 1\n', added: '' },
          { line: 3, removed: '', added: 'x\n' },
          { line: 5, removed: 'b\nc\n', added: 'd\n' },
        ]
        store.patch(1, { ...child, hunks })
        expect(store.duplicates.removed(1)).toEqual(['let a = 1\n', 'b\nc\n'])
        expect(store.duplicates.removed(0)).toEqual([])
        toEvaluating(store, 2, { seen: 1 })
        expect(store.duplicates.standing(1)).toEqual({ island: 3, seen: 0, level: 1 })
        expect(store.duplicates.standing(2)).toEqual({ island: 0, seen: 1, level: 1 })
      })

      test('programs of another level of the curriculum are no duplicates: they are scored otherwise', () => {
        toEvaluating(store, 0)
        store.duplicates.claim('source', 'abc', 0, 'committed')
        store.place(0, evaluation(1), [placement(0, 1)], start)
        toEvaluating(store, 1, { level: 2, seen: 1 })
        for (const among of ['committed', 'ancestors'] as const)
          expect(store.duplicates.claim('source', 'abc', 1, among)).toBeUndefined()
        toEvaluating(store, 2, { seen: 1 })
        for (const among of ['committed', 'ancestors'] as const)
          expect(store.duplicates.claim('source', 'abc', 2, among)).toBe(0)
      })

      test('takes a rejection once', () => {
        toPlaced(store, 0, 1)
        toEvaluating(store, 1)
        const rejection = { ordinal: 1, stage: 'dedupe', check: 'source', twin: 0, audited: false } as const
        store.duplicates.reject(rejection)
        expect(() => current.reopen().duplicates.reject(rejection)).not.toThrow()
      })

      test('keeps what our own breakage did to a child out of the attempts', () => {
        toPlaced(store, 0, 1)
        for (const [ordinal, kind] of [
          [1, 'threw'],
          [2, 'evaluator-threw'],
        ] as const) {
          toEvaluating(store, ordinal)
          store.fail(ordinal, { kind, message: '' }, [], start)
        }
        expect(store.memory.changes(0, 10).map(({ ordinal }) => ordinal)).toEqual([1])
      })

      test('gives stages back in the order they ended, and takes each once per version', () => {
        toEvaluating(store, 0)
        for (const stage of ['run', 'describe', 'parse']) store.recordStages(0, [ended(stageRun(stage))])
        expect(() => store.recordStages(0, [ended(stageRun('run'))])).toThrow(InvariantError)
        store.recordStages(0, [ended(stageRun('run', { version: 2 }))])
        const ran = current
          .reopen()
          .unfinished()[0]
          ?.stageRuns.map(({ stage, version }) => `${stage} ${String(version)}`)
        expect(ran).toEqual(['run 1', 'describe 1', 'parse 1', 'run 2'])
      })

      test('gives a prompt back exactly, also one whose sections are not in its user text', () => {
        const odd = {
          template: 'odd',
          system: '',
          user: 'a b a\u0000ß😀 tail',
          sections: [
            { name: 'one', text: 'a' },
            { name: 'absent', text: 'nowhere' },
            { name: 'empty', text: '' },
            { name: 'one', text: 'a' },
          ],
        }
        store.select(selected(0), start)
        store.prompt(0, odd)
        expect(current.reopen().unfinished()[0]?.prompt).toEqual(odd)
      })
    })

    describe('the ledger', () => {
      beforeEach(() => {
        store.select(selected(0), start)
        store.prompt(0, prompt)
      })

      test('counts an open call at its reservation and a settled one at its cost', () => {
        const id = store.openCall(opening(0, 1))
        expect(store.totals()).toMatchObject({ tokens: 1000, usd: 0.5 })
        store.closeCall(id, ending())
        expect(store.totals()).toMatchObject({ tokens: 120, usd: 0.125 })
        expect(current.reopen().totals()).toMatchObject({ tokens: 120, usd: 0.125 })
      })

      test('says when a call is on the disk, also to several at once and after a settlement', async () => {
        const id = store.openCall(opening(0, 1))
        await Promise.all([store.onDisk(), store.onDisk()])
        store.closeCall(id, ending())
        await store.onDisk()
        expect(current.reopen().totals()).toMatchObject({ tokens: 120, usd: 0.125 })
      })

      test('counts a price that is unknown as nothing', () => {
        const id = store.openCall(opening(0, 1, { reservedUsd: undefined }))
        expect(store.totals()).toMatchObject({ tokens: 1000, usd: 0 })
        store.closeCall(id, ending({ chargedUsd: undefined }))
        expect(current.reopen().totals()).toMatchObject({ tokens: 120, usd: 0 })
      })

      test('keeps calls that died with their process at their reservation', () => {
        const id = store.openCall(opening(0, 1))
        store = current.reopen()
        expect(store.loseOpenCalls(start + 50)).toBe(1)
        expect(store.loseOpenCalls(start + 60)).toBe(0)
        expect(store.totals()).toMatchObject({ tokens: 1000, usd: 0.5 })
        expect(() => store.closeCall(id, ending())).toThrow(InvariantError)
        expect(store.unfinished()[0]).toMatchObject({ state: 'prompted', attempts: 1, reply: undefined })
      })

      test('stays at the prompt after an error and moves on with a reply', () => {
        store.closeCall(store.openCall(opening(0, 1)), ending({ status: 'error', reply: undefined, error: '503' }))
        expect(store.unfinished()[0]).toMatchObject({ state: 'prompted', attempts: 1 })
        store.closeCall(store.openCall(opening(0, 2)), ending())
        expect(store.unfinished()[0]).toMatchObject({ state: 'replied', attempts: 2, reply: { text: 'the reply' } })
      })

      test('refuses a repeated attempt, a second settlement and a reply that is missing', () => {
        const id = store.openCall(opening(0, 1))
        expect(() => store.openCall(opening(0, 1))).toThrow(InvariantError)
        expect(() => store.closeCall(id, ending({ reply: undefined }))).toThrow(InvariantError)
        store.closeCall(id, ending())
        expect(() => store.closeCall(id, ending())).toThrow(InvariantError)
        expect(store.totals()).toMatchObject({ tokens: 120, usd: 0.125 })
      })

      test('takes the reply that mended another one for the reply', () => {
        store.closeCall(store.openCall(opening(0, 1)), ending())
        store.closeCall(store.openCall(opening(0, 2, { purpose: 'repair' })), ending({ reply: 'mended' }))
        expect(current.reopen().unfinished()[0]).toMatchObject({
          state: 'replied',
          reply: { text: 'mended', purpose: 'repair' },
        })
      })

      test('lets a stage ask about a candidate while it is evaluated, at no other time, without moving it', () => {
        const review = (attempt: number, question: string) =>
          store.openCall(opening(0, attempt, { purpose: 'review', question }))
        expect(() => review(1, 'one')).toThrow(InvariantError)
        store.closeCall(store.openCall(opening(0, 1)), ending())
        store.patch(0, child)
        expect(() => review(2, 'one')).toThrow(InvariantError)
        store.beginEvaluation(0)
        store.closeCall(review(2, 'one'), ending({ reply: 'seven' }))
        store.closeCall(review(3, 'two'), ending({ status: 'error', reply: undefined, error: '503' }))
        const lost = review(4, 'two')
        expect(lost).toBeGreaterThan(0)
        store = current.reopen()
        store.loseOpenCalls(start)
        expect(store.unfinished()[0]).toMatchObject({
          state: 'evaluating',
          attempts: 4,
          reply: { text: 'the reply', purpose: 'propose' },
          check: undefined,
        })
        expect(store.asked(0, 'one')).toEqual({
          attempts: 4,
          reply: { text: 'seven', finish: 'stop', purpose: 'review' },
        })
        expect(store.asked(0, 'two')).toEqual({ attempts: 4, reply: undefined })
        store.place(0, evaluation(1), [placement(0, 1)], start)
        expect(() => review(5, 'two')).toThrow(InvariantError)
        expect(store.totals().tokens).toBe(120 + 120 + 120 + 1000)
      })

      test('does not charge the making of a candidate with what was asked about it', () => {
        store.fail(0, { kind: 'refused', message: 'no' }, [], start)
        store.select(selected(1, { operator: 'diff', model: 'small' }), start)
        store.prompt(1, prompt)
        store.closeCall(store.openCall(opening(1, 1)), ending())
        store.patch(1, child)
        store.beginEvaluation(1)
        store.closeCall(store.openCall(opening(1, 2, { purpose: 'review', question: 'one' })), ending())
        store.closeCall(store.openCall(opening(1, 3, { purpose: 'analysis' })), ending())
        expect(store.trial(1)).toMatchObject({ tokens: 120, usd: 0.125 })
      })

      test('lets lessons be written about a finished candidate without moving it', () => {
        store.fail(0, { kind: 'refused', message: 'no' }, [], start)
        expect(() => store.openCall(opening(0, 1))).toThrow(InvariantError)
        store.closeCall(store.openCall(opening(0, 1, { purpose: 'analysis' })), ending())
        expect(store.unfinished()).toEqual([])
        expect(store.totals().tokens).toBe(120)
      })
    })

    describe('placing', () => {
      test('gives back an evaluation exactly as it was scored', () => {
        const exact = evaluation(0.1 + 0.2, {
          objectives: { sum_radii: 5e-324, 'odd "name"': -1.7976931348623157e308 },
        })
        toEvaluating(store, 0)
        store.place(0, exact, [placement(0, exact.fitness)], start)
        const plain = evaluation(2, { scores: {}, feedback: undefined, artifacts: {} })
        toEvaluating(store, 1)
        store.place(1, plain, [placement(1, 2)], start)
        store = current.reopen()
        expect(store.evaluation(0)).toEqual(exact)
        expect(store.evaluation(1)).toEqual(plain)
        expect(store.evaluation(2)).toBeUndefined()
      })

      test('keeps placements in the order they were decided, those of other programs included', () => {
        toEvaluating(store, 0)
        const births = [placement(0, 1), placement(0, 1, { island: 1 })]
        store.place(0, evaluation(1), births, start)
        toEvaluating(store, 1)
        const more = [
          placement(1, 2, { decision: 'improved', displaced: 0, clamped: ['source-length', 'a,b'] }),
          placement(0, 1, { island: 1, decision: 'rejected', via: 'migration' }),
        ]
        store.place(1, evaluation(2), more, start)
        store.select(selected(2), start)
        const last = [placement(1, 2, { island: 1, decision: 'improved', displaced: 0, via: 'migration' })]
        store.fail(2, { kind: 'unchanged', message: 'same' }, last, start)
        expect([...store.placements()]).toEqual([...births, ...more, ...last])
        expect([...current.reopen().placements()]).toEqual([...births, ...more, ...last])
      })

      test('may be written to while its placements are read', () => {
        toPlaced(store, 0, 1)
        toPlaced(store, 1, 2)
        for (const { ordinal } of store.placements()) {
          store.touch(start + ordinal)
          if (ordinal === 0) break
        }
        toPlaced(store, 2, 3)
        expect([...store.placements()]).toHaveLength(3)
      })

      test('refuses a commit whose first placement is not the birth of its candidate', () => {
        toPlaced(store, 0, 1)
        toEvaluating(store, 1)
        const foreign = placement(0, 1, { via: 'migration' })
        expect(() => store.place(1, evaluation(2), [], start)).toThrow(InvariantError)
        expect(() => store.place(1, evaluation(2), [foreign, placement(1, 2)], start)).toThrow(InvariantError)
        expect(() => store.place(1, evaluation(2), [placement(0, 2)], start)).toThrow(InvariantError)
        expect(() => store.place(1, evaluation(2), [placement(1, 3)], start)).toThrow(InvariantError)
        expect(() => store.fail(1, { kind: 'gated', message: '' }, [placement(1, 2)], start)).toThrow(InvariantError)
        expect([...store.placements()]).toHaveLength(1)
      })

      test('reads programs with their lineage facts, and only those with a source', () => {
        toPlaced(store, 0, 1)
        toPlaced(store, 1, 2, {}, { island: 2, generation: 1, operator: 'perturb' })
        store.select(selected(2), start)
        store = current.reopen()
        const lineage = { generation: 1, island: 2, operator: 'perturb', traits: child.traits }
        expect(store.program(1)).toEqual({ ordinal: 1, source: 'let a = 1', ...lineage })
        expect(() => store.program(2)).toThrow(InvariantError)
        expect(() => store.program(3)).toThrow(InvariantError)
      })
    })

    test('adds up the wall time of its sessions, without the pauses between them', () => {
      expect(store.totals().elapsedMs).toBe(0)
      store.openSession(start)
      toPlaced(store, 0, 1)
      expect(store.totals().elapsedMs).toBe(1000)
      store.touch(start + 1500)
      expect(store.totals().elapsedMs).toBe(1500)
      store = current.reopen()
      expect(store.totals().elapsedMs).toBe(1500)
      store.openSession(start + 90_000)
      store.touch(start + 90_400)
      // A clock that was set back takes nothing away.
      store.touch(start)
      expect(store.totals().elapsedMs).toBe(1900)
      expect(current.reopen().totals().elapsedMs).toBe(1900)
    })
  })
}
