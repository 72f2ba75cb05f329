import { describe, expect, test } from 'vitest'
import { reflection } from '../../src/insights/reflection.ts'
import { statistics } from '../../src/insights/statistics.ts'
import type { KnownInsight } from '../../src/core/insight.ts'
import { extractorContract, step } from '../contracts/extractor.ts'

const lesson = {
  kind: 'generalise',
  condition: 'b is small',
  explanation: 'A larger b pays.',
  anchor: 'const b = 3',
}
const answered = (...lessons: unknown[]): string => JSON.stringify({ lessons })

extractorContract(reflection, [
  undefined,
  '',
  'no JSON at all',
  '{"lessons": "none"}',
  answered(lesson, lesson, lesson, lesson),
  answered(null, 7, 'x', {}),
  answered({ ...lesson, anchor: 'not there' }),
  '{'.repeat(10_000),
])
extractorContract(statistics, [undefined])

describe('reflection', () => {
  test('believes a lesson whose anchor is a quote of the changed lines, and keeps a general one as an insight', () => {
    const reply = `I think:\n\`\`\`json\n${answered({ ...lesson, applies: { contains: 'const b', lacks: 'nowhere', above: 0.5, below: null } })}\n\`\`\``
    expect(reflection.read(step, reply, [])).toEqual({
      lessons: [lesson],
      insights: [
        {
          taxonomy: 'generalise',
          condition: 'b is small',
          applies: { contains: 'const b', lacks: undefined, above: 0.5, below: undefined, operator: undefined },
          explanation: 'A larger b pays.',
          example: 'const b = 3',
          origin: 'program 9',
        },
      ],
      refinements: [],
      dropped: 0,
      note: undefined,
    })
  })

  test('drops and counts what has no true quote, too many words or no form', () => {
    const wordy = { ...lesson, explanation: Array.from({ length: 41 }, () => 'word').join(' ') }
    const read = reflection.read(
      step,
      answered({ ...lesson, anchor: 'const a = 1' }, wordy, { ...lesson, kind: 'copy' }, lesson),
      [],
    )
    expect(read).toMatchObject({ lessons: [], insights: [], dropped: 4 })
    expect(reflection.read(step, answered({ ...lesson, anchor: '  const b = 3  ' }), []).lessons).toHaveLength(1)
  })

  test('adds no insight that the library has in the same words, and none of lessons that only hold here', () => {
    const known = { explanation: 'a larger B, pays' } as KnownInsight
    expect(reflection.read(step, answered(lesson), [known])).toMatchObject({ lessons: [lesson], insights: [] })
    expect(reflection.read(step, answered({ ...lesson, kind: 'refine' }), []).insights).toEqual([])
    expect(reflection.read(step, answered(lesson, lesson), []).insights).toHaveLength(1)
  })

  test('says so when the answer is not what was asked for', () => {
    expect(reflection.read(step, 'sorry', [])).toMatchObject({
      lessons: [],
      note: 'the answer is not the JSON that was asked for',
    })
  })

  test('takes a new condition only for advice that it was shown as mixed', () => {
    const mixed = { id: 7 } as KnownInsight
    const reply = JSON.stringify({
      lessons: [],
      refinements: [
        { id: 7, condition: 'only for small b', applies: { contains: 'const b = 2' } },
        { id: 8, condition: 'never shown' },
        { id: 'x' },
      ],
    })
    expect(reflection.read({ ...step, mixed: [mixed] }, reply, []).refinements).toEqual([
      {
        id: 7,
        condition: 'only for small b',
        applies: { contains: 'const b = 2', lacks: undefined, above: undefined, below: undefined, operator: undefined },
      },
    ])
  })

  test('is asked about what the archive took and about the first failure of each kind, if a model wrote the child', () => {
    const failed = { ok: false, failure: { kind: 'threw', message: '' } } as const
    const before = [{ ...step.siblings[0], outcome: failed } as (typeof step.siblings)[number]]
    const none = { number: () => 1, finished: () => [] }
    expect(reflection.wants({ ok: true, decision: 'new-cell' }, true, none)).toBe(true)
    expect(reflection.wants({ ok: true, decision: 'rejected' }, true, none)).toBe(false)
    expect(reflection.wants({ ok: true, decision: 'new-cell' }, false, none)).toBe(false)
    expect(reflection.wants(failed, true, none)).toBe(true)
    expect(reflection.wants(failed, true, { ...none, finished: () => before })).toBe(false)
    expect(reflection.wants({ ok: false, failure: { kind: 'search-missed', message: '' } }, true, none)).toBe(false)
  })
})

describe('statistics', () => {
  test('tells which place and which operator helped or hurt, with counts', () => {
    expect(statistics.read(step, undefined, []).lessons).toEqual([
      {
        kind: 'imitate',
        condition: 'when lines 2 to 2 of this program are changed',
        explanation: 'Of 4 changes here, 4 made x better, at best by 1, 0 worse, 0 failed.',
        anchor: 'const b = 2',
      },
      {
        kind: 'imitate',
        condition: 'when this program is changed by a literal change',
        explanation: 'Of 4 children by a literal change, 4 had a better x, 0 a worse one, 0 failed.',
        anchor: 'const b = 2',
      },
      {
        kind: 'imitate',
        condition: 'when this program is changed by the operator diff',
        explanation: 'Of 4 children by the operator diff, 4 had a better x, 0 a worse one, 0 failed.',
        anchor: 'const b = 2',
      },
    ])
    const worse = { ...step, measures: step.measures.map((one) => ({ ...one, direction: 'minimize' as const })) }
    expect(statistics.read(worse, undefined, []).lessons.map(({ kind }) => kind)).toEqual(['avoid', 'avoid', 'avoid'])
  })

  test('speaks up at the 4th, 8th, 16th ... child', () => {
    const outcome = { ok: true, decision: 'rejected' } as const
    const wanted = Array.from({ length: 33 }, (_, number) => number).filter((number) =>
      statistics.wants(outcome, false, { number: () => number, finished: () => [] }),
    )
    expect(wanted).toEqual([4, 8, 16, 32])
  })
})
