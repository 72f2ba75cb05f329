import { describe, expect, it } from 'vitest'
import { plainSink } from '../../src/report/plain.ts'
import { silentSink } from '../../src/report/silent.ts'
import type { EventSink } from '../../src/run/event-sink.ts'
import { eventSinkContract } from '../contracts/event-sink.ts'
import { CapturedOutput, progressOf } from './captured-output.ts'

class BrokenOutput extends CapturedOutput {
  override write(): boolean {
    throw new Error('EPIPE')
  }
}

function plain(output = new CapturedOutput()): {
  sink: EventSink
  output: CapturedOutput
  advance: (ms: number) => void
} {
  let time = 0
  const sink = plainSink({ output, now: () => time })
  return { sink, output, advance: (ms) => (time += ms) }
}

eventSinkContract('plain lines', (broken) => {
  const { sink, output, advance } = plain(broken ? new BrokenOutput() : new CapturedOutput())
  return { sink, written: () => output.text, advance }
})

eventSinkContract('the silent sink', (broken) => {
  const output = broken ? new BrokenOutput() : new CapturedOutput()
  return { sink: silentSink({ output, now: () => 0 }), written: () => output.text, advance: () => undefined }
})

describe('plain lines', () => {
  it('tell the start, a new best, the progress and the wait at the end', () => {
    const { sink, output, advance } = plain()
    sink.emit({ type: 'started', run: 'circle-packing', resumed: false, candidates: 2_000 })
    advance(2_000)
    sink.emit({ type: 'new-best', ordinal: 34, value: 1.25, feedback: undefined })
    advance(4_000)
    sink.emit({ type: 'progress', progress: progressOf() })
    sink.emit({ type: 'draining', inFlight: 2, untilMs: 10_000 })
    sink.close()
    expect(output.text.split('\n')).toEqual([
      'circle-packing: started, 2,000 candidates asked',
      '2 s  new best 1.25 (candidate 34)',
      '6 s  500 of 2,000 candidates, 6.3/s, best 2.1, 15 failed, 12.3k tokens, $0.0123, about 4m left',
      'stopping: waiting for 2 in flight, 10 s at most; Ctrl+C again stops now, nothing is lost',
      '',
    ])
  })

  it('do not flood: one best a second, and the last one always', () => {
    const { sink, output, advance } = plain()
    sink.emit({ type: 'started', run: 'r', resumed: true, candidates: undefined })
    for (let ordinal = 1; ordinal <= 100; ordinal++) {
      sink.emit({ type: 'new-best', ordinal, value: ordinal, feedback: undefined })
      advance(25)
    }
    sink.close()
    const bests = output.text.split('\n').filter((line) => line.includes('new best'))
    expect(bests).toHaveLength(4)
    expect(bests.at(-1)).toContain('new best 100 (candidate 100, 18 more since the last line)')
  })

  it('report progress about every five seconds, and the latest figures at the end', () => {
    const { sink, output, advance } = plain()
    sink.emit({ type: 'started', run: 'r', resumed: false, candidates: 2_000 })
    for (let finished = 1; finished <= 120; finished++) {
      advance(100)
      sink.emit({ type: 'progress', progress: progressOf({ finished }) })
    }
    sink.close()
    const counts = output.text.split('\n').flatMap((line) => /(\d+) of 2,000/.exec(line)?.[1] ?? [])
    expect(counts).toEqual(['50', '100', '120'])
  })

  it('hold no escape codes, even on a terminal', () => {
    const { sink, output } = plain(new CapturedOutput({ isTTY: true, columns: 80 }))
    sink.emit({ type: 'started', run: 'r\u001b[2J', resumed: false, candidates: 2_000 })
    sink.emit({ type: 'progress', progress: progressOf({ failures: { '\u001b[31m': 2 } }) })
    sink.close()
    expect(output.text).not.toContain('\u001b')
  })
})

describe('the silent sink', () => {
  it('says nothing of progress and bests', () => {
    const output = new CapturedOutput()
    const sink = silentSink({ output, now: () => 0 })
    sink.emit({ type: 'started', run: 'r', resumed: false, candidates: 2_000 })
    sink.emit({ type: 'progress', progress: progressOf() })
    sink.emit({ type: 'new-best', ordinal: 1, value: 1, feedback: undefined })
    sink.close()
    expect(output.writes).toEqual([])
  })
})
