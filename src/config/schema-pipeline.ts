import { z } from 'zod'
import type { StageKind } from '../stages/stage-kind.ts'
import { rungsSchema } from './schema-rungs.ts'
import { duration, formed, list, map, oneOf, text, whole } from './fields.ts'

/** Keys that every stage has; the other keys of an entry are the options of its kind. */
export const sharedStageKeys = ['kind', 'name', 'needs', 'after', 'when', 'resource', 'timeout', 'retries', 'cache']

const stageName = 'letters, digits, "-" and "_" beginning with a letter, at most 50 of them'

/** The schema of a problem's `pipeline`. Each kind of stage brings its own options. */
export function pipelineSchema(kinds: readonly StageKind[]) {
  return map('The stages that evaluate a candidate, as a graph. Default: parse, run, score, describe.', {
    stages: list(
      'Stages; an input that names no stage comes from the nearest one above that gives its type.',
      stageSchema(kinds),
      1,
      100,
    ).optional(),
    rungs: rungsSchema().optional(),
    resources: z
      .record(z.string(), whole('Stages of the class at work at the same time, 1 to 1024.', 1, 1024))
      .describe(
        'Slots by resource class, for example { gpu: 2, license: 1 }. Defaults: cpu as many as processes, gpu 1, llm 8.',
      )
      .default({}),
    cache: z
      .boolean({ error: 'must be true or false' })
      .describe('Whether equal stages with equal inputs are computed once only. Default: true.')
      .default(true),
    pause_after: whole(
      'Candidates in a row for which the evaluator breaks with the same message before the run stops, 1 to 1000. Default: 3.',
      1,
      1000,
    ).default(3),
  }).superRefine(({ stages, rungs }, context) => {
    if (stages === undefined || rungs === undefined) return
    const message = 'writes the stages itself: keep one of rungs and stages, or use the stages rung and promote'
    context.addIssue({ code: 'custom', path: ['rungs'], message, params: { complete: true } })
  })
}

function stageSchema(kinds: readonly StageKind[]) {
  const [first, ...rest] = kinds.map(entrySchema)
  const names = kinds.map(({ kind }) => kind)
  if (first === undefined) return map('No kind of stage is known.', {}).and(z.object({ kind: z.string() }))
  return z
    .discriminatedUnion('kind', [first, ...rest], { error: `must be one of ${names.join(', ')}` })
    .describe('One stage; its kind says which options it has.')
}

function entrySchema(kind: StageKind) {
  const ports = Object.entries(kind.inputs).map(([input, { type, required }]) => [
    input,
    text(`Stage that gives its ${type}${required ? '' : '; it may do without'}.`).optional(),
  ])
  return map(kind.description, {
    kind: z.literal(kind.kind).describe(kind.description),
    name: formed(
      'Name of the stage in tables and conditions. Default: its kind.',
      /^[A-Za-z][A-Za-z0-9_-]{0,49}$/,
      stageName,
    ).optional(),
    needs: map('Stage by input.', Object.fromEntries(ports) as Record<string, z.ZodOptional<z.ZodString>>).optional(),
    after: z
      .record(
        z.string(),
        oneOf('How that stage must end before this one may start.', ['success', 'failure', 'always']),
        { error: 'must be a map of stages, each with success, failure or always' },
      )
      .describe('Stages that must end before this one starts: success, failure or always.')
      .optional(),
    when: formed(
      'Condition over objectives; the stage is skipped when it does not hold, for example sum_radii > 2.0.',
      /\S/,
      'a condition over objectives, for example sum_radii > 2.0',
    ).optional(),
    resource: text(
      'Resource class whose slot it holds while it runs: cpu, gpu, llm or one under resources.',
    ).optional(),
    timeout: duration('Longest time of the whole stage once it has its slot. Default: none of its own.', {
      min: '1ms',
      max: '7d',
    }).optional(),
    retries: whole('How often it is tried again after a fault of the machine, 0 to 10. Default: 1.', 0, 10).optional(),
    cache: z
      .boolean({ error: 'must be true or false' })
      .describe('false: its results neither come from the cache nor go into it. Default: true.')
      .optional(),
    ...kind.options,
  })
}
