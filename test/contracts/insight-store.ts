import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import type { NewInsight } from '../../src/core/insight.ts'
import type { RunStore } from '../../src/store/run-store.ts'
import {
  child,
  ending,
  evaluation,
  identity,
  opening,
  placement,
  prompt,
  selected,
  start,
  toPlaced,
} from '../store/run-values.ts'
import type { StoreCase } from './store.ts'

const lesson = {
  kind: 'imitate',
  condition: 'a is small',
  explanation: 'Larger steps leave the plateau.',
  anchor: 'let a = 1',
} as const

function insight(more: Partial<NewInsight> = {}): NewInsight {
  return {
    taxonomy: 'generalise',
    condition: 'always',
    applies: {},
    explanation: 'Take larger steps.',
    example: 'let a = 2',
    origin: 'program 1',
    ...more,
  }
}

/** What every run store promises about what a run has learned. */
export function insightStoreContract(name: string, create: () => StoreCase): void {
  describe(`the memory of the ${name} store`, () => {
    let current: StoreCase
    let store: RunStore
    beforeEach(() => {
      current = create()
      store = current.store
      toPlaced(store, 0, 1)
    })
    afterEach(() => current.dispose())

    /** A candidate of a model whose prompt held these insights, up to its evaluation. */
    const prompted = (ordinal: number, insights: readonly { id: number; version: number }[]): void => {
      store.select(selected(ordinal, { operator: 'diff', model: 'small' }), start)
      store.prompt(ordinal, prompt, insights)
      store.closeCall(store.openCall(opening(ordinal, 1)), ending())
      store.patch(ordinal, { ...child, hunks: [{ line: 1, removed: 'let a = 1\n', added: 'let a = 2\n' }] })
      store.beginEvaluation(ordinal)
    }
    const scored = (ordinal: number, fitness: number, insights: readonly { id: number; version: number }[]): void => {
      prompted(ordinal, insights)
      store.place(ordinal, evaluation(fitness), [placement(ordinal, fitness)], start)
    }
    const records = () =>
      store.memory.insights().map(({ id, version, status, helped, hurt, irrelevant }) => ({
        id,
        version,
        status,
        record: [helped, hurt, irrelevant],
      }))

    test('an analysis is due from the commit that asks for it until it has ended, also across processes', () => {
      store.select(selected(1), start)
      store.patch(1, child)
      store.beginEvaluation(1)
      store.place(1, evaluation(2), [placement(1, 2)], start, true)
      store.select(selected(2), start)
      store.fail(2, { kind: 'threw', message: 'x' }, [], start, true)
      toPlaced(store, 3, 3)
      store = current.reopen()
      expect(store.memory.due()).toEqual([
        { ordinal: 1, attempts: 0, reply: undefined },
        { ordinal: 2, attempts: 0, reply: undefined },
      ])
      store.memory.learn(
        1,
        { lessons: [lesson], insights: [insight()], refinements: [], dropped: 1, note: undefined },
        start,
      )
      expect(store.memory.due().map(({ ordinal }) => ordinal)).toEqual([2])
      expect(() =>
        store.memory.learn(
          1,
          { lessons: [lesson], insights: [insight()], refinements: [], dropped: 0, note: undefined },
          start,
        ),
      ).toThrow(InvariantError)
      expect(store.memory.lessons(1, 9)).toEqual([{ ordinal: 1, ...lesson }])
      expect(store.memory.lessons(0, 9)).toEqual([{ ordinal: 1, ...lesson }])
      expect(store.memory.lessons(3, 9)).toEqual([])
      expect(store.memory.insights()).toHaveLength(1)
    })

    test('an answer that was paid for and not read is still there for the next process', () => {
      store.select(selected(1), start)
      store.fail(1, { kind: 'threw', message: 'x' }, [], start, true)
      const call = opening(1, 1, { purpose: 'analysis' })
      store.closeCall(store.openCall(call), ending({ reply: '{"lessons": []}' }))
      store.openCall({ ...call, attempt: 2 })
      store = current.reopen()
      store.loseOpenCalls(start)
      expect(store.memory.due()).toEqual([
        { ordinal: 1, attempts: 2, reply: { text: '{"lessons": []}', finish: 'stop', purpose: 'analysis' } },
      ])
    })

    test('an answer about conditions is kept for the prompt, takes a number and is no answer about lessons', () => {
      store.select(selected(1, { operator: 'diff', model: 'small' }), start)
      const check = opening(1, 1, { purpose: 'analysis', parameters: { template: 'insight-check' } })
      store.closeCall(store.openCall(check), ending({ reply: '{"conditions": []}' }))
      store = current.reopen()
      expect(store.unfinished()).toMatchObject([
        { ordinal: 1, state: 'selected', attempts: 1, reply: undefined, check: { text: '{"conditions": []}' } },
      ])
      store.fail(1, { kind: 'threw', message: 'x' }, [], start, true)
      expect(store.memory.due()).toEqual([{ ordinal: 1, attempts: 1, reply: undefined }])
    })

    test('the outcome of a candidate is counted for the insights in its prompt', () => {
      store.memory.add([insight(), insight({ explanation: 'Take smaller steps.' })], start)
      scored(1, 2, [{ id: 1, version: 1 }])
      scored(2, 0.5, [
        { id: 1, version: 1 },
        { id: 2, version: 1 },
      ])
      scored(3, 1, [{ id: 2, version: 1 }])
      prompted(4, [{ id: 2, version: 1 }])
      store.fail(4, { kind: 'timed-out', message: '', limitMs: 1 }, [], start)
      expect(records()).toEqual([
        { id: 1, version: 1, status: 'active', record: [1, 1, 0] },
        { id: 2, version: 1, status: 'draft', record: [0, 2, 1] },
      ])
      expect(store.memory.baseline()).toEqual({ helped: 0, hurt: 0, irrelevant: 0 })
    })

    test('a failure without a child to run speaks neither for nor against', () => {
      store.memory.add([insight()], start)
      store.select(selected(1, { operator: 'diff', model: 'small' }), start)
      store.prompt(1, prompt, [{ id: 1, version: 1 }])
      store.fail(1, { kind: 'search-missed', message: '' }, [], start)
      expect(records()[0]?.record).toEqual([0, 0, 1])
    })

    test('a difference within the noise speaks neither for nor against', () => {
      store.setMeasures([{ ...identity.objective, noise: 0.5, repeats: 3 }])
      store.memory.add([insight()], start)
      scored(1, 1.5, [{ id: 1, version: 1 }])
      scored(2, 1.75, [{ id: 1, version: 1 }])
      expect(records()[0]?.record).toEqual([1, 0, 1])
    })

    test('prompts without insights are the baseline; candidates without a prompt count for nothing', () => {
      scored(1, 2, [])
      scored(2, 0, [])
      toPlaced(store, 3, 5)
      store = current.reopen()
      expect(store.memory.baseline()).toEqual({ helped: 1, hurt: 1, irrelevant: 0 })
    })

    test('a refinement is a new version with the old record; retiring ends its use', () => {
      store.memory.add([insight({ helped: 3, hurt: 2, origin: 'run before' })], start)
      store.memory.refine(1, 'only while a is 0', { contains: 'let a = 0' }, start)
      scored(1, 2, [{ id: 1, version: 2 }])
      expect(store.memory.insights()).toEqual([
        {
          ...insight({ origin: 'run before' }),
          id: 1,
          version: 2,
          condition: 'only while a is 0',
          applies: { contains: 'let a = 0', lacks: undefined, above: undefined, below: undefined, operator: undefined },
          status: 'refined',
          helped: 4,
          hurt: 2,
          irrelevant: 0,
        },
      ])
      expect(store.memory.applying(0, 'diff')).toHaveLength(1)
      store.memory.setStatus(1, 'retired', start)
      expect(store.memory.applying(0, 'diff')).toEqual([])
      expect(records()[0]?.status).toBe('retired')
      expect(() => store.memory.setStatus(2, 'retired', start)).toThrow(InvariantError)
      expect(() => store.memory.refine(2, '', {}, start)).toThrow(InvariantError)
    })

    test.each([
      ['contains what the source holds', { contains: 'a = 0' }, true],
      ['contains what it does not hold', { contains: 'A = 0' }, false],
      ['lacks what it does not hold', { lacks: 'b' }, true],
      ['lacks what it holds', { lacks: 'let' }, false],
      ['above a smaller value', { above: 0.5 }, true],
      ['above its own value', { above: 1 }, false],
      ['below a greater value', { below: 2 }, true],
      ['below its own value', { below: 1 }, false],
      ['the operator', { operator: 'diff' }, true],
      ['another operator', { operator: 'rewrite' }, false],
      ['several that hold', { contains: 'let', lacks: 'const', above: 0, below: 2, operator: 'diff' }, true],
      ['several of which one does not', { contains: 'let', lacks: 'const', above: 0, below: 0.5 }, false],
    ])('an insight applies where its predicate holds: %s', (_, applies, expected) => {
      store.memory.add([insight({ applies })], start)
      expect(store.memory.applying(0, 'diff')).toHaveLength(expected ? 1 : 0)
    })

    /** A member of the trial of insight 1, prompted and on its way. */
    const member = (ordinal: number, informed: boolean): void => {
      const trial = { insight: 1, version: 1, pairs: 2, informed }
      store.select(selected(ordinal, { ...arm, trial }), start)
      store.prompt(ordinal, prompt, informed ? [{ id: 1, version: 1 }] : [])
      store.closeCall(store.openCall(opening(ordinal, 1)), ending())
      store.patch(ordinal, child)
      store.beginEvaluation(ordinal)
    }
    const arm = { operator: 'diff', model: 'small', parent: 0, island: 1, inspirations: [], generation: 1 } as const

    test('a trial begins with its first member and counts what comes of both arms, also across processes', () => {
      store.memory.add([insight(), insight({ explanation: 'Take smaller steps.' })], start)
      expect(store.memory.trial()).toBeUndefined()
      member(1, true)
      member(2, false)
      store.place(1, evaluation(2), [placement(1, 2)], start)
      member(3, false)
      store.fail(3, { kind: 'threw', message: 'x' }, [], start)
      const { inspirations, ...rest } = arm
      store = current.reopen()
      expect(store.memory.trial()).toEqual({
        id: 1,
        insight: { id: 1, version: 1 },
        pairs: 2,
        selection: { ...rest, inspirations },
        members: 3,
        informed: { helped: 1, hurt: 0, irrelevant: 0 },
        uninformed: { helped: 0, hurt: 1, irrelevant: 0 },
      })
      expect(store.memory.tried()).toEqual([{ id: 1, version: 1 }])
      expect(store.unfinished()).toMatchObject([
        { ordinal: 2, trial: { insight: 1, version: 1, pairs: 2, informed: false } },
      ])
      expect(records()[0]?.record).toEqual([1, 0, 0])
      expect(store.memory.baseline()).toEqual({ helped: 0, hurt: 1, irrelevant: 0 })
    })

    test('one insight is on trial at a time, in its newest version', () => {
      store.memory.add([insight(), insight({ explanation: 'Take smaller steps.' })], start)
      const joined = (more: object) =>
        store.select(
          selected(store.totals().selected + 1, {
            ...arm,
            trial: { insight: 1, version: 1, pairs: 2, informed: true, ...more },
          }),
          start,
        )
      expect(() => joined({ version: 2 })).toThrow(InvariantError)
      expect(() => joined({ insight: 3 })).toThrow(InvariantError)
      joined({})
      expect(() => joined({ insight: 2 })).toThrow(InvariantError)
      expect(store.totals().selected).toBe(1)
      store.memory.endTrial(1, 'undecided', start)
      joined({ insight: 2 })
      expect(store.memory.trial()).toMatchObject({ id: 2, insight: { id: 2, version: 1 }, members: 1 })
      expect(store.memory.tried()).toEqual([
        { id: 1, version: 1 },
        { id: 2, version: 1 },
      ])
    })

    test.each([
      ['better', 'active'],
      ['worse', 'retired'],
      ['undecided', 'draft'],
      ['abandoned', 'draft'],
    ] as const)('a trial that ends %s leaves its insight %s', (verdict, status) => {
      store.memory.add([insight()], start)
      member(1, true)
      store.memory.endTrial(1, verdict, start)
      store = current.reopen()
      expect(store.memory.trial()).toBeUndefined()
      expect(records()[0]?.status).toBe(status)
      expect(() => store.memory.endTrial(1, verdict, start)).toThrow(InvariantError)
    })

    test('the trail goes from the first program to the last, and a long one keeps its end', () => {
      toPlaced(store, 1, 2)
      toPlaced(store, 2, 3, {}, { parent: 1, island: 1 })
      const step = (ordinal: number, fitness: number, island = 0) => ({
        ordinal,
        island,
        operator: ordinal === 0 ? 'first' : 'perturb',
        summary: child.change.summary,
        objectives: evaluation(fitness).objectives,
      })
      expect(store.memory.trail(2, 9)).toEqual([step(0, 1), step(1, 2), step(2, 3, 1)])
      expect(store.memory.trail(2, 2)).toEqual([step(1, 2), step(2, 3, 1)])
    })

    test('lines that came back are told with who had them, who removed them and what that gained', () => {
      toPlaced(store, 1, 3)
      store.select(selected(2, { parent: 1 }), start)
      const readded = [
        { line: 'let a = 0', removedBy: 1 },
        ...Array.from({ length: 60 }, (_, index) => ({ line: `line ${String(index)}`, removedBy: 1 })),
      ]
      store.patch(2, { ...child, lines: { added: 70, readded } })
      store = current.reopen()
      const known = store.memory.readded(2)
      expect(known).toHaveLength(50)
      expect(known[0]).toEqual({ line: 'let a = 0', from: 0, by: 1, gain: 2 })
      expect(known[1]).toMatchObject({ line: 'line 0' })
      expect(store.memory.readded(1)).toEqual([])
    })

    test('children are told with their changes, oldest first; failures newest first', () => {
      scored(1, 2, [])
      prompted(2, [])
      store.fail(2, { kind: 'threw', message: 'boom' }, [], start)
      store.select(selected(3, { operator: 'diff', model: 'small', parent: 1 }), start)
      store.prompt(3, prompt)
      store.fail(3, { kind: 'search-missed', message: '' }, [], start)
      const hunks = [{ line: 1, removed: 'let a = 1\n', added: 'let a = 2\n' }]
      const said = { operator: 'diff', summary: child.change.summary }
      const failed = { ok: false, failure: { kind: 'threw', message: 'boom' } }
      expect(store.memory.changes(0, 9)).toEqual([
        { ordinal: 1, ...said, hunks, outcome: { ok: true, objectives: evaluation(2).objectives } },
        { ordinal: 2, ...said, hunks, outcome: failed },
      ])
      expect(store.memory.changes(0, 1).map(({ ordinal }) => ordinal)).toEqual([2])
      expect([0, 1, 2, 3].map((ordinal) => store.memory.siblingNumber(ordinal))).toEqual([0, 1, 2, 1])
      expect(store.memory.changes(1, 9)).toMatchObject([{ ordinal: 3, summary: '', hunks: [] }])
      expect(store.memory.failures(9)).toEqual([{ ordinal: 2, ...said, outcome: failed }])
    })
  })
}
