import { describe, expect, it } from 'vitest'
import { terminalSink } from '../../src/report/terminal.ts'
import { textWidth } from '../../src/report/text-width.ts'
import type { EventSink } from '../../src/run/event-sink.ts'
import { eventSinkContract } from '../contracts/event-sink.ts'
import { CapturedOutput, progressOf, screenOf } from './captured-output.ts'

interface Live {
  readonly sink: EventSink
  readonly output: CapturedOutput
  /** Lets time pass in steps of a tick. */
  readonly advance: (ms: number) => void
}

function live(options: { columns?: number; color?: boolean; output?: CapturedOutput } = {}): Live {
  const output = options.output ?? new CapturedOutput({ isTTY: true, columns: options.columns ?? 80 })
  const ticks = new Set<() => void>()
  let time = 1_000
  const sink = terminalSink({
    output,
    now: () => time,
    color: options.color ?? false,
    every: (_, callback) => {
      ticks.add(callback)
      return () => ticks.delete(callback)
    },
  })
  const advance = (ms: number): void => {
    for (let gone = 0; gone < ms; gone += 100) {
      time += 100
      for (const tick of ticks) tick()
    }
  }
  return { sink, output, advance }
}

class BrokenOutput extends CapturedOutput {
  override write(): boolean {
    throw new Error('EPIPE')
  }
}

eventSinkContract('the live view', (broken) => {
  const { sink, output, advance } = live(broken ? { output: new BrokenOutput({ isTTY: true, columns: 80 }) } : {})
  return { sink, written: () => output.text, advance }
})

describe('the live view', () => {
  it('shows candidates, rate, best with its history, failures, spend and the time left', () => {
    const { sink, output, advance } = live()
    sink.emit({ type: 'started', run: 'circle-packing', resumed: false, candidates: 2_000 })
    sink.emit({ type: 'progress', progress: progressOf({ best: 1.53 }) })
    sink.emit({ type: 'progress', progress: progressOf() })
    advance(100)
    expect(screenOf(output.text)).toEqual([
      'run       circle-packing',
      'done      500 of 2,000  █████░░░░░░░░░░░░░░░ 25 %  6.3/s  8 in flight',
      'best      2.1  first 0.96  ▁▅█',
      'failures  15 (3.0 %): threw 12, timed-out 3',
      'spend     12.3k tokens, $0.0123',
      'time      1m 20s  about 4m left',
      '',
    ])
  })

  it('redraws in place, so the screen never grows', () => {
    const { sink, output, advance } = live()
    sink.emit({ type: 'started', run: 'r', resumed: false, candidates: undefined })
    for (let finished = 0; finished < 50; finished++) {
      sink.emit({ type: 'progress', progress: progressOf({ finished }) })
      advance(100)
    }
    expect(screenOf(output.text)).toHaveLength(7)
  })

  it('draws at most ten times a second', () => {
    const { sink, output } = live()
    sink.emit({ type: 'started', run: 'r', resumed: false, candidates: undefined })
    for (let finished = 0; finished < 1_000; finished++)
      sink.emit({ type: 'progress', progress: progressOf({ finished }) })
    expect(output.writes).toHaveLength(1)
  })

  it('draws what came too early for a frame with the next tick', () => {
    const { sink, output, advance } = live()
    sink.emit({ type: 'started', run: 'r', resumed: false, candidates: undefined })
    sink.emit({ type: 'progress', progress: progressOf({ finished: 1_234 }) })
    expect(output.text).not.toContain('1,234')
    advance(100)
    expect(output.text).toContain('1,234')
  })

  it('moves its clock on while nothing happens', () => {
    const { sink, output, advance } = live()
    sink.emit({ type: 'started', run: 'r', resumed: false, candidates: undefined })
    sink.emit({ type: 'progress', progress: progressOf() })
    advance(10_000)
    expect(screenOf(output.text).find((line) => line.startsWith('time'))).toMatch(/^time {6}1m (29|30)s/)
  })

  it('removes itself when closed and leaves notices where they were written', () => {
    const { sink, output } = live()
    sink.emit({ type: 'notice', message: 'no key: perturb only' })
    sink.emit({ type: 'started', run: 'r', resumed: false, candidates: undefined })
    sink.emit({ type: 'notice', message: 'model is slow' })
    sink.close()
    expect(screenOf(output.text)).toEqual(['no key: perturb only', 'model is slow', ''])
  })

  it.each([1, 5, 12, 40, 200])('keeps every line below the width of a terminal of %i cells', (columns) => {
    const { sink, output, advance } = live({ columns })
    sink.emit({ type: 'started', run: '円詰め問題'.repeat(9), resumed: false, candidates: 2_000 })
    for (let value = 0; value < 100; value++) {
      sink.emit({ type: 'progress', progress: progressOf({ best: value }) })
      advance(100)
    }
    for (const line of screenOf(output.text)) expect(textWidth(line)).toBeLessThan(Math.max(columns, 2))
  })

  it('clears the rows that a narrower window has wrapped', () => {
    const { sink, output, advance } = live({ columns: 80 })
    sink.emit({ type: 'started', run: 'r', resumed: false, candidates: 2_000 })
    sink.emit({ type: 'progress', progress: progressOf() })
    advance(100)
    const rows = screenOf(output.text)
      .slice(0, -1)
      .reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / 20)), 0)
    output.columns = 20
    sink.emit({ type: 'progress', progress: progressOf() })
    advance(100)
    expect(output.writes.at(-1)?.startsWith(`\u001b[${String(rows)}A\r\u001b[0J`)).toBe(true)
  })

  it('says what it waits for while the run stops, counting down', () => {
    const { sink, output, advance } = live({ columns: 100 })
    sink.emit({ type: 'started', run: 'r', resumed: false, candidates: 2_000 })
    sink.emit({ type: 'progress', progress: progressOf() })
    sink.emit({ type: 'draining', inFlight: 3, untilMs: 12_000 })
    advance(2_000)
    expect(screenOf(output.text).at(-2)).toMatch(
      /waiting for 3 in flight, 1[01](\.\d)? s at most; Ctrl\+C again stops now/,
    )
  })

  it('writes no colour without being asked, and only colour beside its cursor moves when asked', () => {
    for (const color of [false, true]) {
      const { sink, output } = live({ color })
      sink.emit({ type: 'started', run: 'r', resumed: false, candidates: 2_000 })
      expect(/\u001b\[\d+m/.test(output.text)).toBe(color)
    }
  })
})
