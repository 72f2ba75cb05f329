import type { StoredCall, StoredCalls } from '../llm/replay.ts'
import type { FinishReason, TokenUsage } from '../llm/provider.ts'
import type { RunReader, SqlValue } from './run-reader.ts'

/** Reads all calls of a run, so that they can be served again after the reader is closed. */
export function storedCalls(reader: Pick<RunReader, 'query'>): StoredCalls {
  const { rows } = reader.query(
    `SELECT ordinal, purpose, attempt, status, reply, finish, error, tokens, model,
       input_tokens, output_tokens, cached_tokens, reasoning_tokens
     FROM llm_calls WHERE status <> 'open'`,
    [],
    Number.MAX_SAFE_INTEGER,
  )
  const calls = new Map(rows.map((row) => [keyOf(Number(row[0]), String(row[1]), Number(row[2])), storedCall(row)]))
  return { find: ({ ordinal, purpose, attempt }) => calls.get(keyOf(ordinal, purpose, attempt)) }
}

function keyOf(ordinal: number, purpose: string, attempt: number): string {
  return `${String(ordinal)}/${purpose}/${String(attempt)}`
}

function storedCall(row: readonly SqlValue[]): StoredCall {
  const [, , , status, reply, finish, error, tokens, model] = row
  const usage = usageOf(row)
  if (status === 'ok') {
    return {
      status,
      reply: { text: String(reply), finish: String(finish) as FinishReason, usage, model: String(model) },
    }
  }
  return {
    status: status === 'lost' ? 'lost' : 'error',
    error: typeof error === 'string' ? error : undefined,
    usage,
    charged: Number(tokens) > 0,
  }
}

function usageOf(row: readonly SqlValue[]): TokenUsage | undefined {
  const [input, output, cached, reasoning] = row
    .slice(9)
    .map((value) => (typeof value === 'number' ? value : undefined))
  return input === undefined || output === undefined ? undefined : { input, output, cached, reasoning }
}
