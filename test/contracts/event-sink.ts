import { describe, expect, it } from 'vitest'
import type { EventSink, RunEvent } from '../../src/run/event-sink.ts'

const absurd = [NaN, Infinity, -Infinity, Number.MAX_VALUE, -1, 0, 1e-320, undefined]

/** Every kind of event, with values that no run should ever report. */
function absurdEvents(): RunEvent[] {
  const events: unknown[] = [
    { type: 'started', run: '\u001b[2J\u0007'.repeat(50), resumed: true, candidates: NaN },
    { type: 'started', run: undefined, resumed: false, candidates: undefined },
    { type: 'notice', message: 'line one\nline two \u001b]0;title\u0007' },
    { type: 'notice', message: undefined },
    { type: 'finished-candidate', ordinal: 1, operator: 'diff', outcome: { ok: false, failure: { kind: 'threw' } } },
    { type: 'finished-candidate' },
    { type: 'progress' },
    { type: 'progress', progress: {} },
    { type: 'unheard-of' },
  ]
  for (const value of absurd) {
    events.push(
      { type: 'new-best', ordinal: value, value, feedback: '\u001b[31m' },
      { type: 'draining', inFlight: value, untilMs: value },
      {
        type: 'progress',
        progress: {
          finished: value,
          inFlight: value,
          candidates: value,
          best: value,
          first: value,
          failures: { threw: value, '\u001b[1m': 3 },
          tokens: value,
          usd: value,
          elapsedMs: value,
          session: { finished: value, elapsedMs: value },
          wallMs: value,
        },
      },
    )
  }
  return events as RunEvent[]
}

/** What a suite may ask of a sink under test. */
export interface SinkUnderTest {
  readonly sink: EventSink
  /** Everything written so far, to all its outputs. */
  readonly written: () => string
  /** Lets time pass. */
  readonly advance: (ms: number) => void
}

/**
 * What every event sink promises.
 *
 * @param open - Makes a sink; with `broken` its output throws on every write.
 */
export function eventSinkContract(name: string, open: (broken: boolean) => SinkUnderTest): void {
  describe(`${name}, as an event sink`, () => {
    it('never throws, whatever the values', () => {
      const { sink, advance } = open(false)
      for (const event of absurdEvents()) {
        expect(() => sink.emit(event)).not.toThrow()
        advance(1_500)
      }
      expect(() => sink.close()).not.toThrow()
    })

    it('never throws when its output does', () => {
      const { sink, advance } = open(true)
      for (const event of absurdEvents()) {
        expect(() => sink.emit(event)).not.toThrow()
        advance(1_500)
      }
      expect(() => sink.close()).not.toThrow()
    })

    it('writes nothing more once it is closed, however often that is', () => {
      const { sink, written, advance } = open(false)
      for (const event of absurdEvents()) sink.emit(event)
      sink.close()
      const before = written()
      sink.close()
      for (const event of absurdEvents()) sink.emit(event)
      advance(10_000)
      expect(written()).toBe(before)
    })

    it('passes notices on at once', () => {
      const { sink, written } = open(false)
      sink.emit({ type: 'notice', message: 'no model key is set' })
      expect(written()).toContain('no model key is set')
    })

    it('lets no control character of a message through', () => {
      const { sink, written } = open(false)
      sink.emit({ type: 'notice', message: 'a\u001b]52;c;ZXZpbA==\u0007b\u009b2Jc\rd' })
      expect(written()).not.toMatch(/\u001b\]|\u0007|\u009b|\r(?!\u001b)/)
    })
  })
}
