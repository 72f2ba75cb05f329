import type { EventSink, Progress, RunEvent } from '../run/event-sink.ts'
import { liveBlock } from './live-block.ts'
import type { Output } from './output.ts'
import { writeSafely } from './output.ts'
import { printable } from './printable.ts'
import { ThinningSeries } from './sparkline.ts'
import type { StyleCodes } from './style-codes.ts'
import { styleCodes } from './style-codes.ts'
import { textWidth } from './text-width.ts'

/** What a live view needs. */
export interface TerminalOptions {
  readonly output: Output
  /** Milliseconds of a clock; only differences count. */
  readonly now: () => number
  readonly color: boolean
  /**
   * Calls back every `ms` milliseconds until the returned function is called. Default: an interval that does not keep
   * the process alive.
   */
  readonly every?: (ms: number, callback: () => void) => () => void
}

/** Least time between two drawings: ten a second are enough for the eye. */
const frameMs = 100
/** Time without an event after which the clock in the view is moved on. */
const idleMs = 1_000
const historyLength = 240

/**
 * A live view of a run, redrawn in place.
 *
 * It only ever moves the cursor up over its own lines, so what was on the terminal before stays. Notices are written
 * above it and remain. Closing removes it.
 */
export function terminalSink(options: TerminalOptions): EventSink {
  return new TerminalSink(options)
}

class TerminalSink implements EventSink {
  readonly #output: Output
  readonly #now: () => number
  readonly #style: StyleCodes
  readonly #stop: () => void
  readonly #history = new ThinningSeries(historyLength)
  #run = ''
  #progress: Progress | undefined
  #progressAt = 0
  #draining: { readonly inFlight: number; readonly until: number } | undefined
  /** Widths of the lines now on the screen. */
  #drawn: readonly number[] = []
  #drawnAt = -Infinity
  #stale = false
  #closed = false

  constructor(options: TerminalOptions) {
    this.#output = options.output
    this.#now = options.now
    this.#style = styleCodes(options.color)
    this.#stop = (options.every ?? everyInterval)(frameMs, () => this.#tick())
  }

  emit(event: RunEvent): void {
    if (this.#closed) return
    try {
      this.#take(event)
    } catch {
      // An event that cannot be shown must not end the run.
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stop()
    writeSafely(this.#output, this.#erasure())
  }

  #take(event: RunEvent): void {
    switch (event.type) {
      case 'started':
        this.#run = event.run
        break
      case 'notice':
        this.#writeAbove(`${printable(event.message)}\n`)
        return
      case 'progress':
        this.#progress = event.progress
        this.#progressAt = this.#now()
        if (event.progress.best !== undefined) this.#history.add(event.progress.best)
        break
      case 'draining':
        this.#draining = { inFlight: event.inFlight, until: this.#now() + event.untilMs }
        break
      case 'finished-candidate':
      case 'new-best':
        // Both are in the next progress event.
        return
    }
    this.#stale = true
    if (this.#now() - this.#drawnAt >= frameMs) this.#draw()
  }

  #tick(): void {
    const since = this.#now() - this.#drawnAt
    if (this.#closed || this.#run === '' || !(this.#stale ? since >= frameMs : since >= idleMs)) return
    try {
      this.#draw()
    } catch {
      // As above: the view is not worth a run.
    }
  }

  #draw(): void {
    const before = this.#erasure()
    writeSafely(this.#output, before + this.#frame())
  }

  #writeAbove(text: string): void {
    const before = this.#erasure()
    const hadView = this.#drawn.length > 0
    writeSafely(this.#output, before + text + (hadView ? this.#frame() : ''))
  }

  #frame(): string {
    const now = this.#now()
    const lines = liveBlock(
      {
        run: this.#run,
        progress: this.#progress,
        sinceMs: Math.max(0, now - this.#progressAt),
        history: this.#history.values(),
        draining: this.#draining && { inFlight: this.#draining.inFlight, leftMs: this.#draining.until - now },
      },
      columnsOf(this.#output),
      this.#style,
    )
    this.#drawn = lines.map((line) => textWidth(withoutStyles(line)))
    this.#drawnAt = now
    this.#stale = false
    return lines.map((line) => `${line}\n`).join('')
  }

  /** Moves to the first row of the view and clears from there on. A window that became narrower has wrapped its lines. */
  #erasure(): string {
    const columns = columnsOf(this.#output)
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    return rows === 0 ? '' : `\u001b[${String(rows)}A\r\u001b[0J`
  }
}

function columnsOf(output: Output): number {
  const { columns } = output
  return columns !== undefined && columns > 0 ? columns : 80
}

function withoutStyles(line: string): string {
  return line.replaceAll(/\u001b\[\d+m/g, '')
}

function everyInterval(ms: number, callback: () => void): () => void {
  const timer = setInterval(callback, ms)
  timer.unref()
  return () => clearInterval(timer)
}
