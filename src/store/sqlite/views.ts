import { purposesAside } from '../candidate-moves.ts'

/**
 * The views of a run, described column by column in `docs/sql.md`. They hold no data, so a migration may replace them.
 *
 * A view never reads a source, a prompt or a reply unless its column is asked for.
 */
export const views: Readonly<Record<string, string>> = {
  lineage: `
SELECT edges.child, edges.parent, edges.role, child.operator, child.model, child.island, child.generation,
  child.state, child.decision, child.failure_kind, child.change,
  parent.value AS parent_value, child.value AS child_value,
  iif(child.level = parent.level, child.value - parent.value, NULL) AS value_delta,
  iif(child.level = parent.level, child.fitness - parent.fitness, NULL) AS fitness_delta
FROM (
  SELECT child, parent, role FROM edges UNION ALL SELECT ordinal, source, 'warm-start' FROM warm_starts
  UNION ALL SELECT ordinal, source, 'carried' FROM carried
) AS edges
JOIN programs AS child ON child.ordinal = edges.child
JOIN programs AS parent ON parent.ordinal = edges.parent`,

  elites: `
SELECT owner.island, owner.cell, owner.ordinal, programs.value, owner.fitness, programs.operator,
  programs.generation, owner.via, owner.seq
FROM placements AS owner
JOIN programs ON programs.ordinal = owner.ordinal
WHERE owner.decision <> 'rejected'
  AND owner.level = (SELECT level FROM placements ORDER BY seq DESC LIMIT 1)
  AND owner.seq >= coalesce(
    (SELECT max(seq) FROM placements AS founder WHERE founder.island = owner.island AND founder.via = 'founding'), 0)
  AND NOT EXISTS (
    SELECT 1 FROM placements AS later
    WHERE later.island = owner.island AND later.cell = owner.cell AND later.seq > owner.seq
      AND later.decision <> 'rejected'
      AND (later.displaced = owner.ordinal
        OR owner.ordinal IN (SELECT value FROM json_each(later.also_displaced))))`,

  best_so_far: `
SELECT risen.seq, risen.ordinal, programs.value, risen.fitness, programs.operator, programs.model,
  programs.ended_at AS at, programs.ended_at - runs.created_at AS after_ms, risen.level
FROM (
  SELECT seq, ordinal, fitness, level,
    max(fitness) OVER (PARTITION BY level ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM placements WHERE decision <> 'rejected' AND via = 'birth'
) AS risen
JOIN programs ON programs.ordinal = risen.ordinal
JOIN runs
WHERE risen.before IS NULL OR risen.fitness > risen.before`,

  ancestors: `
SELECT programs.ordinal AS program, step.key AS depth, ancestor.ordinal, ancestor.island, ancestor.generation,
  ancestor.operator, ancestor.model, ancestor.change, ancestor.value, ancestor.fitness,
  ancestor.fitness - before.fitness AS delta
FROM programs
JOIN json_each((
  WITH RECURSIVE trail (ordinal) AS (
    SELECT programs.ordinal
    UNION ALL
    SELECT coalesce(edges.parent, carried.source) FROM trail
    LEFT JOIN edges ON edges.child = trail.ordinal AND edges.position = 0 AND edges.role = 'parent'
    LEFT JOIN carried ON carried.ordinal = trail.ordinal
    WHERE coalesce(edges.parent, carried.source) IS NOT NULL
  )
  SELECT json_group_array(ordinal) FROM trail
)) AS step
JOIN programs AS ancestor ON ancestor.ordinal = step.value
LEFT JOIN edges AS up ON up.child = ancestor.ordinal AND up.position = 0 AND up.role = 'parent'
LEFT JOIN programs AS before ON before.ordinal = up.parent`,

  descendants: `
SELECT programs.ordinal AS program, step.value ->> 1 AS depth, heir.ordinal, step.value ->> 2 AS parent, heir.island,
  heir.generation, heir.operator, heir.model, heir.state, heir.failure_kind, heir.change, heir.value, heir.fitness,
  iif(heir.level = before.level, heir.fitness - before.fitness, NULL) AS delta
FROM programs
JOIN json_each((
  WITH RECURSIVE line (ordinal, depth, parent) AS (
    SELECT programs.ordinal, 0, NULL
    UNION ALL
    SELECT edges.child, line.depth + 1, line.ordinal FROM line
    JOIN edges ON edges.parent = line.ordinal AND edges.role = 'parent'
    UNION ALL
    SELECT carried.ordinal, line.depth + 1, line.ordinal FROM line JOIN carried ON carried.source = line.ordinal
  )
  SELECT json_group_array(json_array(ordinal, depth, parent)) FROM line WHERE depth > 0
)) AS step
JOIN programs AS heir ON heir.ordinal = step.value ->> 0
LEFT JOIN programs AS before ON before.ordinal = step.value ->> 2`,

  transitions: `
SELECT edges.child, edges.parent, child.operator, child.model, child.island, child.generation, child.decision,
  parent.value AS before, child.value AS after, child.fitness - parent.fitness AS delta, measures.noise,
  CASE
    WHEN child.state = 'failed' THEN 'failed'
    WHEN child.fitness - parent.fitness > measures.noise THEN 'improved'
    WHEN child.fitness - parent.fitness < -measures.noise THEN 'regressed'
    ELSE 'neutral'
  END AS verdict,
  child.failure_kind, child.failure ->> 'message' AS reason, child.change,
  (SELECT json_group_array(json_object('line', line, 'removed', removed, 'added', added) ORDER BY position)
   FROM hunks WHERE hunks.ordinal = edges.child) AS hunks,
  (SELECT user FROM prompt_texts WHERE prompt_texts.ordinal = edges.child) AS prompt,
  (SELECT reply FROM llm_calls
   WHERE llm_calls.ordinal = edges.child AND status = 'ok' AND purpose NOT IN ${purposesAside}
   ORDER BY attempt DESC LIMIT 1) AS reply
FROM edges
JOIN programs AS child ON child.ordinal = edges.child
JOIN programs AS parent ON parent.ordinal = edges.parent
JOIN measures ON measures.position = 0
WHERE edges.role = 'parent' AND child.state IN ('placed', 'failed')`,

  transition_objectives: `
SELECT compared.*,
  CASE WHEN delta > noise THEN 'improved' WHEN delta < -noise THEN 'regressed' ELSE 'neutral' END AS verdict
FROM (
  SELECT edges.child, edges.parent, measures.name, measures.direction,
    json_extract(parent.objectives, '$."' || measures.name || '"') AS before,
    json_extract(child.objectives, '$."' || measures.name || '"') AS after,
    (json_extract(child.objectives, '$."' || measures.name || '"')
      - json_extract(parent.objectives, '$."' || measures.name || '"'))
      * CASE measures.direction WHEN 'maximize' THEN 1 ELSE -1 END AS delta,
    measures.noise
  FROM edges
  JOIN evaluations AS child ON child.ordinal = edges.child
  JOIN evaluations AS parent ON parent.ordinal = edges.parent
  JOIN measures
  WHERE edges.role = 'parent'
) AS compared
WHERE before IS NOT NULL AND after IS NOT NULL`,

  prompt_stats: `
SELECT prompts.template, count(*) AS prompts, sum(programs.state = 'placed') AS scored,
  sum(programs.state = 'failed') AS failed, sum(coalesce(programs.decision, 'rejected') <> 'rejected') AS accepted,
  sum(programs.fitness - parent.fitness > measures.noise) AS improved,
  avg(programs.fitness - parent.fitness) AS mean_fitness_delta,
  max(programs.fitness) FILTER (WHERE programs.level = (SELECT level FROM placements ORDER BY seq DESC LIMIT 1)) AS best_fitness,
  sum(calls.tokens) AS tokens, sum(calls.usd) AS usd
FROM prompts
JOIN programs ON programs.ordinal = prompts.ordinal
JOIN measures ON measures.position = 0
LEFT JOIN edges ON edges.child = prompts.ordinal AND edges.position = 0 AND edges.role = 'parent'
LEFT JOIN programs AS parent ON parent.ordinal = edges.parent
LEFT JOIN (SELECT ordinal, sum(tokens) AS tokens, sum(usd) AS usd FROM llm_calls GROUP BY ordinal) AS calls
  ON calls.ordinal = prompts.ordinal
GROUP BY prompts.template`,

  failures: `
SELECT failure_kind AS kind, operator, count(*) AS count, max(ordinal) AS latest
FROM programs WHERE failure_kind IS NOT NULL
GROUP BY failure_kind, operator`,

  duplicates: `
SELECT judged.*, differs OR would_place AS false_reject
FROM (
  SELECT rejections.ordinal, rejections.stage, rejections."check", rejections.twin, rejections.similarity, rejections.audited,
    programs.operator,
    programs.value, twin.value AS twin_value, programs.fitness - twin.fitness AS delta, measures.noise,
    CASE WHEN audited AND programs.state IN ('placed', 'failed') AND twin.state IN ('placed', 'failed') THEN
      coalesce(abs(programs.fitness - twin.fitness) > measures.noise, programs.state <> twin.state) END AS differs,
    CASE WHEN audited AND programs.state IN ('placed', 'failed')
      THEN coalesce(programs.decision, 'rejected') <> 'rejected' END AS would_place
  FROM rejections
  JOIN programs ON programs.ordinal = rejections.ordinal
  JOIN programs AS twin ON twin.ordinal = rejections.twin
  JOIN measures ON measures.position = 0
) AS judged`,

  readded: `
SELECT readded_lines.ordinal, readded_lines.position, child.operator, child.model, readded_lines.line,
  readded_lines.removed_by, edges.parent AS last_in, remover.fitness - former.fitness AS gain,
  child.fitness - parent.fitness AS delta
FROM readded_lines
JOIN programs AS child ON child.ordinal = readded_lines.ordinal
JOIN programs AS remover ON remover.ordinal = readded_lines.removed_by
JOIN edges ON edges.child = readded_lines.removed_by AND edges.position = 0
JOIN programs AS former ON former.ordinal = edges.parent
JOIN edges AS own ON own.child = readded_lines.ordinal AND own.position = 0
JOIN programs AS parent ON parent.ordinal = own.parent`,

  readded_stats: `
SELECT programs.operator, programs.model, count(*) AS children, sum(added) AS added, sum(readded) AS readded,
  1.0 * sum(readded) / nullif(sum(added), 0) AS share, sum(added > 0 AND readded = added) AS only_readded
FROM added_lines JOIN programs USING (ordinal)
GROUP BY programs.operator, programs.model`,

  duplicate_stats: `
SELECT stage, "check", count(*) AS rejects, sum(audited) AS audited, coalesce(sum(differs), 0) AS differ,
  coalesce(sum(would_place), 0) AS placed, coalesce(sum(false_reject), 0) AS false_rejects
FROM duplicates GROUP BY stage, "check"`,

  operator_stats: `
SELECT child.operator, count(*) AS candidates,
  sum(child.state = 'placed') AS scored, sum(child.state = 'failed') AS failed,
  sum(child.decision = 'new-cell') AS new_cells, sum(child.decision = 'improved') AS improved,
  sum(child.fitness > parent.fitness) AS better_than_parent,
  avg(child.fitness - parent.fitness) AS mean_fitness_delta,
  max(child.fitness) FILTER (WHERE child.level = (SELECT level FROM placements ORDER BY seq DESC LIMIT 1)) AS best_fitness
FROM programs AS child
LEFT JOIN edges ON edges.child = child.ordinal AND edges.role = 'parent'
LEFT JOIN programs AS parent ON parent.ordinal = edges.parent
GROUP BY child.operator`,

  model_stats: `
SELECT calls.model, calls.calls, calls.ok, calls.errors, calls.lost, calls.tokens, calls.usd, calls.mean_ms,
  coalesce(made.candidates, 0) AS candidates, coalesce(made.failed, 0) AS failed,
  coalesce(made.accepted, 0) AS accepted, made.best_fitness, calls.usd / nullif(made.accepted, 0) AS usd_per_accepted
FROM (
  SELECT model, count(*) AS calls, sum(status = 'ok') AS ok, sum(status = 'error') AS errors,
    sum(status = 'lost') AS lost, sum(tokens) AS tokens, sum(usd) AS usd,
    avg(CASE WHEN status = 'ok' THEN ended_at - started_at END) AS mean_ms
  FROM llm_calls GROUP BY model
) AS calls
LEFT JOIN (
  SELECT model, count(*) AS candidates, sum(state = 'failed') AS failed,
    sum(coalesce(decision, 'rejected') <> 'rejected') AS accepted,
    max(fitness) FILTER (WHERE level = (SELECT level FROM placements ORDER BY seq DESC LIMIT 1)) AS best_fitness
  FROM programs WHERE model IS NOT NULL GROUP BY model
) AS made ON made.model = calls.model`,

  spend: `
SELECT model, purpose, status, count(*) AS calls, sum(tokens) AS tokens, sum(usd) AS usd
FROM llm_calls GROUP BY model, purpose, status`,

  migrations: `
SELECT placements.seq, placements.committed_by AS after, placements.ordinal, programs.island AS born_on,
  placements.island AS arrived_on, placements.cell, placements.decision, programs.value, placements.fitness,
  placements.displaced
FROM placements JOIN programs ON programs.ordinal = placements.ordinal
WHERE placements.via = 'migration'`,

  objectives: `
SELECT evaluations.ordinal, entry.key AS name, entry.value AS value
FROM evaluations, json_each(evaluations.objectives) AS entry`,

  descriptors: `
SELECT evaluations.ordinal, entry.key AS name, entry.value AS value
FROM evaluations, json_each(evaluations.descriptors) AS entry`,

  prompt_texts: `
SELECT prompts.ordinal, prompts.template, system.text AS system,
  (SELECT group_concat(texts.text, '' ORDER BY prompt_parts.position)
   FROM prompt_parts JOIN texts ON texts.id = prompt_parts.text_id
   WHERE prompt_parts.ordinal = prompts.ordinal AND prompt_parts.shown) AS user
FROM prompts JOIN texts AS system ON system.id = prompts.system_id`,

  prompt_sections: `
SELECT prompt_parts.ordinal, prompt_parts.position, prompt_parts.section AS name, length(texts.text) AS characters,
  prompt_parts.shown, texts.text
FROM prompt_parts JOIN texts ON texts.id = prompt_parts.text_id
WHERE prompt_parts.section IS NOT NULL`,

  insight_effect: `
SELECT insights.id, insights.version, insights.status, insights.taxonomy, insights.explanation, insights.condition,
  coalesce(used.uses, 0) AS uses, insights.helped, insights.hurt, insights.irrelevant, used.mean_delta,
  1.0 * insights.helped / nullif(insights.helped + insights.hurt, 0) AS helped_share,
  1.0 * uninformed.helped / nullif(uninformed.helped + uninformed.hurt, 0) AS baseline_share
FROM insights
LEFT JOIN (SELECT insight, count(*) AS uses, avg(delta) AS mean_delta FROM insight_uses GROUP BY insight) AS used
  ON used.insight = insights.id
JOIN uninformed
WHERE insights.newest = 1`,

  trials: `
SELECT insight_trials.id, insight_trials.insight, insight_trials.version, insights.explanation, edges.parent,
  first.operator, first.model, insight_trials.pairs, count(members.ordinal) AS members,
  coalesce(sum(members.informed = 1 AND members.label = 'helped'), 0) AS with_helped,
  coalesce(sum(members.informed = 1 AND members.label = 'hurt'), 0) AS with_hurt,
  coalesce(sum(members.informed = 1 AND members.label = 'irrelevant'), 0) AS with_irrelevant,
  coalesce(sum(members.informed = 0 AND members.label = 'helped'), 0) AS without_helped,
  coalesce(sum(members.informed = 0 AND members.label = 'hurt'), 0) AS without_hurt,
  coalesce(sum(members.informed = 0 AND members.label = 'irrelevant'), 0) AS without_irrelevant,
  avg(CASE members.informed WHEN 1 THEN members.delta END) AS with_mean_delta,
  avg(CASE members.informed WHEN 0 THEN members.delta END) AS without_mean_delta,
  insight_trials.verdict, insight_trials.opened_at, insight_trials.ended_at
FROM insight_trials
JOIN programs AS first ON first.ordinal = insight_trials.first
JOIN edges ON edges.child = first.ordinal AND edges.position = 0
JOIN insights ON insights.id = insight_trials.insight AND insights.version = insight_trials.version
JOIN trial_members AS members ON members.trial = insight_trials.id
GROUP BY insight_trials.id`,

  instruction_effect: `
SELECT instructions.id, instructions.operator, instructions.parent, instructions.text, instructions.reason,
  count(instruction_uses.improved) AS uses, coalesce(sum(instruction_uses.improved), 0) AS improved,
  avg(instruction_uses.improved) AS share, avg(CASE WHEN instruction_uses.improved IS NOT NULL THEN gain END) AS mean_gain,
  instructions.retired_by
FROM instructions LEFT JOIN instruction_uses ON instruction_uses.instruction = instructions.id
GROUP BY instructions.id`,

  simplified: `
SELECT simplifications.id, simplifications.ordinal, simplifications.reason,
  (SELECT count(*) - 1 FROM simplify_attempts WHERE simplification = simplifications.id AND kept IS NOT NULL) AS attempts,
  (SELECT count(*) - 1 FROM simplify_attempts WHERE simplification = simplifications.id AND kept = 1) AS kept,
  original.characters AS characters_before, shortest.characters AS characters_after,
  original.value AS value_before, shortest.value AS value_after,
  (SELECT text FROM sources WHERE sources.id = shortest.source_id) AS source
FROM simplifications
JOIN simplify_attempts AS original
  ON original.id = (SELECT min(id) FROM simplify_attempts WHERE simplification = simplifications.id)
JOIN simplify_attempts AS shortest
  ON shortest.id = (SELECT id FROM simplify_attempts WHERE simplification = simplifications.id AND kept = 1
    ORDER BY characters LIMIT 1)`,
}
