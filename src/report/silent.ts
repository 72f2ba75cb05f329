import type { EventSink, RunEvent } from '../run/event-sink.ts'
import { writeSafely } from './output.ts'
import type { PlainOptions } from './plain.ts'
import { printable } from './printable.ts'
import { drainingText } from './progress-text.ts'

/**
 * Keeps quiet for `--json`, where standard output holds one JSON object at the end and nothing else. Notices and the
 * wait while stopping go to another stream.
 *
 * @param options - Those of the other sinks; `output` is standard error, and the clock is not needed.
 */
export function silentSink({ output }: PlainOptions): EventSink {
  let closed = false
  const textOf = (event: RunEvent): string | undefined => {
    if (event.type === 'notice') return printable(event.message)
    return event.type === 'draining' ? drainingText(event.inFlight, event.untilMs) : undefined
  }
  return {
    emit(event) {
      if (closed) return
      try {
        const text = textOf(event)
        if (text !== undefined) writeSafely(output, `${text}\n`)
      } catch {
        // An event that cannot be shown must not end the run.
      }
    },
    close() {
      closed = true
    },
  }
}
