import type { Readable } from 'node:stream'

/** The beginning of a stream, with what was dropped behind it. */
export interface Captured {
  text(): string
  /** Bytes that were not kept. */
  dropped(): number
}

/** Reads a stream to its end and keeps its first bytes. The rest is read too, so that nobody waits for a full pipe. */
export function captured(stream: Readable, mostBytes: number): Captured {
  const chunks: Buffer[] = []
  let kept = 0
  let dropped = 0
  stream.on('data', (chunk: Buffer) => {
    const room = Math.min(chunk.length, mostBytes - kept)
    if (room > 0) chunks.push(Buffer.from(chunk.subarray(0, room)))
    kept += room
    dropped += chunk.length - room
  })
  stream.on('error', () => undefined)
  return {
    // A character that the limit cut in two is left out.
    text: () =>
      Buffer.concat(chunks)
        .toString()
        .replace(/\uFFFD$/, ''),
    dropped: () => dropped,
  }
}
