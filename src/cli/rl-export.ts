import type { FailureKind } from '../core/failure.ts'
import { rlGroup } from '../report/rl-group.ts'
import type { Completion, RlGroup } from '../report/rl-group.ts'
import { askRow, askRows, eachRow } from '../store/ask-rows.ts'
import type { Row } from '../store/ask-rows.ts'
import type { RunReader } from '../store/run-reader.ts'

/** What the completions of one group have in common. */
export type GroupedBy = 'prompt' | 'parent'

/**
 * The groups of a run's completions, in order of their first candidate.
 *
 * A completion is the first reply to a candidate's prompt. Where it could not be applied and a repair turn followed, it
 * counts as a reply without an edit, whatever the repair brought. Replies to calls that failed are not there.
 *
 * Grouped by parent, the prompt is that of the group's first candidate; the others saw the same parent and operator with
 * other phrasing, inspirations or attempts.
 */
export function* rlGroups(reader: RunReader, by: GroupedBy): Generator<RlGroup> {
  const ranges = boundsByLevel(reader)
  const members = new Map<string, number[]>()
  for (const row of eachRow(reader, by === 'prompt' ? promptKeys : parentKeys)) {
    const ordinal = Number(row['key'])
    const key = String(row['member'])
    const group = members.get(key)
    if (group === undefined) members.set(key, [ordinal])
    else group.push(ordinal)
  }
  let number = 0
  for (const ordinals of members.values()) {
    const first = askRow(reader, 'SELECT system, user FROM prompt_texts WHERE ordinal = ?', [ordinals[0] ?? 0])
    const prompt = { system: String(first?.['system'] ?? ''), user: String(first?.['user'] ?? '') }
    const completions = ordinals.flatMap((ordinal) => askRows(reader, completionOf, [ordinal]).map(readCompletion))
    const level = askRow(reader, 'SELECT level FROM programs WHERE ordinal = ?', [ordinals[0] ?? 0])
    const bounds = ranges.get(Number(level?.['level'])) ?? { low: 0, high: 0 }
    const group = rlGroup(number, prompt, completions, bounds)
    if (group === undefined) continue
    number++
    yield group
  }
}

/** Between which fitness the programs of each level of a curriculum lie; those of different levels do not compare. */
function boundsByLevel(reader: RunReader): ReadonlyMap<number, { readonly low: number; readonly high: number }> {
  const rows = askRows(
    reader,
    'SELECT level, min(fitness) AS low, max(fitness) AS high FROM programs WHERE fitness IS NOT NULL GROUP BY level',
  )
  return new Map(rows.map(({ level, low, high }) => [Number(level), { low: Number(low), high: Number(high) }]))
}

const answered = `
EXISTS (SELECT 1 FROM llm_calls WHERE llm_calls.ordinal = prompts.ordinal AND status = 'ok' AND purpose = 'propose')`

/** The same prompt is the same row in `texts`, part by part, so ids stand for the text. */
const promptKeys = `
SELECT prompts.ordinal AS key, prompts.system_id || ':' || (
  SELECT group_concat(text_id, ',' ORDER BY position) FROM prompt_parts
  WHERE prompt_parts.ordinal = prompts.ordinal AND shown) AS member
FROM prompts JOIN programs ON programs.ordinal = prompts.ordinal
WHERE prompts.ordinal > ? AND programs.state IN ('placed', 'failed') AND ${answered}
ORDER BY prompts.ordinal`

const parentKeys = `
SELECT prompts.ordinal AS key, edges.parent || ':' || prompts.template AS member
FROM prompts JOIN programs ON programs.ordinal = prompts.ordinal
JOIN edges ON edges.child = prompts.ordinal AND edges.position = 0
WHERE prompts.ordinal > ? AND programs.state IN ('placed', 'failed') AND ${answered}
ORDER BY prompts.ordinal`

const completionOf = `
SELECT programs.ordinal, llm_calls.model, reply, programs.fitness, programs.value, programs.failure_kind,
  EXISTS (SELECT 1 FROM llm_calls AS repair WHERE repair.ordinal = programs.ordinal AND repair.purpose = 'repair') AS repaired
FROM programs JOIN llm_calls ON llm_calls.ordinal = programs.ordinal
WHERE programs.ordinal = ? AND status = 'ok' AND purpose = 'propose' ORDER BY attempt LIMIT 1`

function readCompletion(row: Row): Completion {
  const scored = row['fitness'] !== null && row['repaired'] === 0
  const failure = row['repaired'] === 1 ? 'no-edit-found' : (row['failure_kind'] as FailureKind)
  return {
    ordinal: Number(row['ordinal']),
    model: String(row['model']),
    reply: String(row['reply']),
    outcome: scored ? { ok: true, fitness: Number(row['fitness']) } : { ok: false, failure },
    score: scored ? Number(row['value']) : undefined,
  }
}
