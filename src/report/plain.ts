import { durationText } from '../core/units.ts'
import type { EventSink, Progress, RunEvent } from '../run/event-sink.ts'
import { countText, scoreText } from './numbers.ts'
import type { Output } from './output.ts'
import { writeSafely } from './output.ts'
import { printable, printableLine } from './printable.ts'
import { doneText, drainingText, failedCount, rateOf, spendText, timeLeftText } from './progress-text.ts'

/** What plain reporting needs. */
export interface PlainOptions {
  readonly output: Output
  /** Milliseconds of a clock; only differences count. */
  readonly now: () => number
}

const bestEveryMs = 1_000
const progressEveryMs = 5_000

/**
 * Reports a run as lines for pipes and logs, without escape codes: its start, notices, each new best (at most one line
 * a second, the last one always) and its progress about every five seconds.
 */
export function plainSink(options: PlainOptions): EventSink {
  return new PlainSink(options)
}

class PlainSink implements EventSink {
  readonly #output: Output
  readonly #now: () => number
  #progress: Progress | undefined
  #progressAt = -Infinity
  #shown: Progress | undefined
  #best: { readonly ordinal: number; readonly value: number; readonly more: number } | undefined
  #bestAt = -Infinity
  #startedAt: number | undefined
  #closed = false

  constructor(options: PlainOptions) {
    this.#output = options.output
    this.#now = options.now
  }

  emit(event: RunEvent): void {
    if (this.#closed) return
    try {
      this.#take(event)
      if (this.#now() - this.#bestAt >= bestEveryMs) this.#writeBest()
    } catch {
      // An event that cannot be shown must not end the run.
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    try {
      this.#writeBest()
      if (this.#progress !== this.#shown) this.#writeProgress()
    } catch {
      // As above.
    }
  }

  #take(event: RunEvent): void {
    switch (event.type) {
      case 'started':
        this.#startedAt = this.#now()
        this.#progressAt = this.#now()
        this.#line(
          `${printableLine(event.run)}: ${event.resumed ? 'resumed' : 'started'}${event.candidates === undefined ? '' : `, ${countText(event.candidates)} candidates asked`}`,
        )
        break
      case 'notice':
        this.#line(printable(event.message))
        break
      case 'new-best':
        this.#best = { ordinal: event.ordinal, value: event.value, more: (this.#best?.more ?? -1) + 1 }
        break
      case 'progress':
        this.#progress = event.progress
        if (this.#now() - this.#progressAt >= progressEveryMs) this.#writeProgress()
        break
      case 'draining':
        this.#line(drainingText(event.inFlight, event.untilMs))
        break
      case 'finished-candidate':
        break
    }
  }

  #writeBest(): void {
    if (this.#best === undefined) return
    const { ordinal, value, more } = this.#best
    this.#best = undefined
    this.#bestAt = this.#now()
    const others = more > 0 ? `, ${countText(more)} more since the last line` : ''
    this.#line(`${this.#elapsed()}  new best ${scoreText(value)} (candidate ${String(ordinal)}${others})`)
  }

  #writeProgress(): void {
    const progress = this.#progress
    if (progress === undefined) return
    this.#shown = progress
    this.#progressAt = this.#now()
    const failed = failedCount(progress.failures)
    const figures = [
      `${doneText(progress)} candidates`,
      rateOf(progress),
      `best ${scoreText(progress.best)}`,
      failed > 0 ? `${countText(failed)} failed` : '',
      spendText(progress),
      timeLeftText(progress),
    ]
    this.#line(`${this.#elapsed()}  ${figures.filter((figure) => figure !== '').join(', ')}`)
  }

  #elapsed(): string {
    return durationText(this.#now() - (this.#startedAt ?? this.#now()))
  }

  #line(text: string): void {
    writeSafely(this.#output, `${text}\n`)
  }
}
