import type { Output } from '../../src/report/output.ts'
import type { Progress } from '../../src/run/event-sink.ts'

/** An output that keeps what was written, with a width that a test can change. */
export class CapturedOutput implements Output {
  readonly isTTY: boolean
  columns: number | undefined
  readonly writes: string[] = []

  constructor(options: { isTTY?: boolean; columns?: number } = {}) {
    this.isTTY = options.isTTY ?? false
    this.columns = options.columns
  }

  write(text: string): boolean {
    this.writes.push(text)
    return true
  }

  get text(): string {
    return this.writes.join('')
  }
}

/** A terminal's screen, as far as reports use it: text, line feeds, cursor up, carriage return and clear below. */
export function screenOf(text: string): string[] {
  const rows: string[] = ['']
  let row = 0
  for (const [piece] of text.matchAll(/\u001b\[\d*[A-Za-z]|[^\u001b\n\r]+|\n|\r/g)) {
    const up = /^\u001b\[(\d+)A$/.exec(piece)
    if (up !== null) row = Math.max(0, row - Number(up[1]))
    else if (piece === '\u001b[0J') rows.splice(row, Infinity, '')
    else if (piece === '\n') rows[++row] ??= ''
    else if (/^\u001b\[\d+m$/.test(piece) || piece === '\r') continue
    else if (piece.startsWith('\u001b')) throw new Error(`unexpected escape ${JSON.stringify(piece)}`)
    else rows[row] = (rows[row] ?? '') + piece
  }
  return rows
}

/** Progress of a run in full flight. */
export function progressOf(change: Partial<Progress> = {}): Progress {
  return {
    finished: 500,
    inFlight: 8,
    candidates: 2_000,
    best: 2.1,
    first: 0.96,
    failures: { threw: 12, 'timed-out': 3 },
    tokens: 12_345,
    usd: 0.0123,
    elapsedMs: 80_000,
    session: { finished: 500, elapsedMs: 80_000 },
    wallMs: undefined,
    ...change,
  }
}
