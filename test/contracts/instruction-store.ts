import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InvariantError } from '../../src/core/errors.ts'
import type { RunStore } from '../../src/store/run-store.ts'
import {
  child,
  ending,
  evaluation,
  opening,
  placement,
  prompt,
  selected,
  start,
  toPlaced,
} from '../store/run-values.ts'
import type { StoreCase } from './store.ts'

/** What every run store promises about the instructions of prompts. */
export function instructionStoreContract(name: string, create: () => StoreCase): void {
  describe(`the instructions of the ${name} store`, () => {
    let current: StoreCase
    let store: RunStore
    beforeEach(() => {
      current = create()
      store = current.store
      toPlaced(store, 0, 2)
    })
    afterEach(() => current.dispose())

    /** A candidate by `diff` with an instruction in its prompt, up to its reply. */
    const replied = (ordinal: number, instruction: number | undefined): void => {
      store.select(selected(ordinal, { operator: 'diff', model: 'small' }), start)
      store.prompt(ordinal, prompt, [], instruction)
      store.closeCall(store.openCall(opening(ordinal, 1)), ending())
    }
    const placed = (ordinal: number, instruction: number, fitness: number): void => {
      replied(ordinal, instruction)
      store.patch(ordinal, child)
      store.beginEvaluation(ordinal)
      store.place(ordinal, evaluation(fitness), [placement(ordinal, fitness)], start)
    }

    test('begins with the template of each operator, once', () => {
      for (const again of [false, true]) {
        if (again) store = current.reopen()
        store.instructions.begin('diff', start)
        store.instructions.begin('rewrite', start)
      }
      const own = { parent: undefined, text: undefined, uses: 0, improved: 0, meanGain: undefined }
      expect(store.instructions.population('rewrite', 0, 0, 10)).toEqual([{ id: 2, operator: 'rewrite', ...own }])
      expect(store.instructions.population('cross', 0, 0, 10)).toEqual([])
      expect(store.instructions.tallies()).toEqual([
        { operator: 'diff', uses: 0, requests: 0 },
        { operator: 'rewrite', uses: 0, requests: 0 },
      ])
    })

    test('counts what came of the prompts with an instruction, commits up to one and of these the last ones', () => {
      store.setMeasures([{ name: 'sum_radii', direction: 'maximize', noise: 0.5, repeats: 3 }])
      store.instructions.begin('diff', start)
      placed(1, 1, 3)
      placed(2, 1, 2.5)
      replied(3, 1)
      store.fail(3, { kind: 'search-missed', message: 'nowhere' }, [], start)
      replied(4, 1)
      store.fail(4, { kind: 'no-reply', message: 'gone' }, [], start)
      replied(5, undefined)
      store.fail(5, { kind: 'unchanged', message: '' }, [], start)
      replied(6, 1)
      const record = (seen: number, window: number) => {
        const [own] = store.instructions.population('diff', 0, seen, window)
        return [own?.uses, own?.improved, own?.meanGain]
      }
      for (const again of [false, true]) {
        if (again) store = current.reopen()
        // Gains over the parent's 2: 1, then 0.5, which is within the noise; then a failure that counts and one that does not.
        expect(record(6, 10)).toEqual([3, 1, 0.75])
        expect(record(2, 10)).toEqual([2, 1, 0.75])
        expect(record(3, 2)).toEqual([2, 0, 0.5])
        expect(record(0, 10)).toEqual([0, 0, undefined])
        expect([1, 5, 6].map((ordinal) => store.instructions.usedBy(ordinal))).toEqual([1, undefined, 1])
        expect(store.instructions.tallies()).toEqual([{ operator: 'diff', uses: 4, requests: 0 }])
        expect(store.instructions.disappointing(1, 6, 5).map(({ ordinal }) => ordinal)).toEqual([3, 2])
        expect(store.instructions.disappointing(1, 2, 5)).toMatchObject([{ ordinal: 2, outcome: { ok: true } }])
        expect(store.instructions.disappointing(1, 6, 1)).toMatchObject([
          { ordinal: 3, outcome: { ok: false, failure: { kind: 'search-missed' } } },
        ])
      }
    })

    test('keeps requests until they are answered; an answer counts from its request on, and makes another one leave', () => {
      store.instructions.begin('diff', start)
      placed(1, 1, 3)
      const wanted = { operator: 'diff', ordinal: 1, commits: 1 }
      const first = store.instructions.request(wanted, start)
      const second = store.instructions.request({ ...wanted, commits: 4 }, start)
      const third = store.instructions.request({ ...wanted, commits: 9 }, start)
      store = current.reopen()
      expect(store.instructions.requests()).toEqual([first, second, third])
      const told = (text: string, parent: number, retires?: number) =>
        ({ ok: true, text, reason: 'because', parent, retires }) as const
      store.instructions.answer(first.id, told('one', 1), start)
      store.instructions.answer(second.id, { ok: false, note: 'no budget' }, start)
      store.instructions.answer(third.id, told('two', 2, 2), start)
      expect(() => store.instructions.answer(third.id, told('three', 1), start)).toThrow(InvariantError)
      for (const again of [false, true]) {
        if (again) store = current.reopen()
        const texts = (asOf: number) =>
          store.instructions.population('diff', asOf, 9, 10).map(({ id, parent, text }) => [id, parent, text])
        expect(texts(0)).toEqual([[1, undefined, undefined]])
        expect(texts(8)).toEqual([
          [1, undefined, undefined],
          [2, 1, 'one'],
        ])
        expect(texts(9)).toEqual([
          [1, undefined, undefined],
          [3, 2, 'two'],
        ])
        expect(store.instructions.requests()).toEqual([])
        expect(store.instructions.tallies()).toEqual([{ operator: 'diff', uses: 1, requests: 3 }])
      }
    })

    test('lets a question for a better instruction be asked beside a candidate that has ended, and finds its reply', () => {
      replied(1, undefined)
      const meta = { ...opening(1, 2), purpose: 'meta', question: 'instruction/1' }
      expect(() => store.openCall(meta)).toThrow(InvariantError)
      store.fail(1, { kind: 'unchanged', message: '' }, [], start)
      const spent = store.trial(1).tokens
      store.closeCall(store.openCall(meta), ending({ reply: 'better' }))
      store = current.reopen()
      expect(store.asked(1, 'instruction/1')).toMatchObject({ attempts: 2, reply: { text: 'better' } })
      expect(store.trial(1).tokens).toBe(spent)
    })
  })
}
