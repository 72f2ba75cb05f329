/** A process that answers one query and ends; see `timed-query.ts`. */
import { readFileSync, writeSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { UserError } from '../../core/errors.ts'
import { openReadOnly } from './read-only.ts'
import type { TimedQuestion, TimedReply } from './timed-query.ts'

const { dir, sql } = deserialize(readFileSync(0)) as TimedQuestion
const bytes = serialize(replyTo(dir, sql))
// A pipe takes a part at a time.
for (let from = 0; from < bytes.length;) from += writeSync(1, bytes, from)

function replyTo(folder: string, query: string): TimedReply {
  try {
    const reader = openReadOnly(folder)
    try {
      return { ok: true, answer: reader.query(query) }
    } finally {
      reader.close()
    }
  } catch (error) {
    if (error instanceof UserError) return { ok: false, message: error.message, file: error.location?.file }
    throw error
  }
}
