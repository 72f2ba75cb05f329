import { createHash, hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { StageCache } from '../pipeline/executor.ts'
import type { RunStore } from '../store/run-store.ts'

/** Results of stages as the store keeps them; with `reuse: false` none is found. */
export function stageCache(store: Pick<RunStore, 'stageResult'>, reuse: boolean): StageCache {
  return { hash: cacheKey, find: (key) => (reuse ? store.stageResult(key) : undefined) }
}

/** The key under which a stage's result is found again: 128 bits are enough never to meet by chance. */
export function cacheKey(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32)
}

/** SHA-256 of a file, hexadecimal. */
export function fileHash(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

/** SHA-256 of a text, hexadecimal. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
