import { nonNegative, text, whole } from '../config/fields.ts'
import { UserError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { fewestPairs, meanRatio, median, pairedRatio } from '../evaluation/timing/paired-ratio.ts'
import type { PairedRatio } from '../evaluation/timing/paired-ratio.ts'
import { isPlainlySlower } from '../evaluation/timing/plainly-slower.ts'
import { bestOfStarts, countStarts, spreadOfStarts, usualStarts } from '../evaluation/timing/starts.ts'
import type { TimedPair, Timer } from '../evaluation/timing/timer.ts'
import type { StageDeclaration } from '../pipeline/declaration.ts'
import type { ParseOutput } from './parse.ts'
import type { StageKind, StageSetup } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

/** Inputs that take the reference less are drowned by what a call costs anyway, in milliseconds. */
const leastReferenceMs = 0.5

const options = {
  objective: text(
    'Name of the objective that it gives: the time in times of the reference to minimise, the speed-up to maximise. Default: time_ratio.',
  ).default('time_ratio'),
  reference: text(
    'File of the program to compare with, relative to this YAML file; it exports the same entry. Default: the first program.',
  ).optional(),
  rounds: whole(
    `Rounds of fresh inputs that count, ${fewestPairs} to 1000. Default: ${fewestPairs}.`,
    fewestPairs,
    1000,
  ).default(fewestPairs),
  starts: whole(
    `Times that both programs are loaded afresh and given the same rounds, 1 to 100; of each input the shortest time of each program counts. Default: ${usualStarts}.`,
    1,
    100,
  ).default(usualStarts),
  least_starts: whole(
    'Starts after which a candidate that is slower than the fastest so far by more than a tenth in every round is measured no further, 1 to 100; after fewer starts, one that takes more than one and a half times as long. Default: 2.',
    1,
    100,
  ).default(2),
  batch: whole(
    'Calls that are timed together, for entries too quick for a clock, 1 to 100000. Default: 1.',
    1,
    100_000,
  ).default(1),
  tolerance: nonNegative(
    'Largest relative difference of two numbers that count as the same answer. Default: 0.',
  ).default(0),
}

type Options = ReturnType<typeof optionsOf<typeof options>>

/** What one measurement says, over all kinds of input and for each. */
interface Measurement extends PairedRatio {
  readonly starts: number
  readonly byId: Readonly<Record<string, PairedRatio>>
}

/**
 * Times a candidate beside a reference program on fresh inputs and compares every answer.
 *
 * An objective to be minimised gets the time in times of the reference, one to be maximised the speed-up over it: the
 * geometric mean over the cases of the median over the rounds of the shortest times over the starts.
 * A candidate that seems to be faster than all before it is measured again on other inputs and the second figure counts,
 * so that luck is no record. One that is plainly slower than the fastest is measured in fewer starts; its answers are
 * compared like all others.
 */
export const pairedTiming: StageKind<typeof options> = {
  kind: 'paired-timing',
  description:
    'Times the candidate beside a reference program on fresh inputs, interleaved, and compares every answer.',
  inputs: { program: { type: 'program', required: true }, scored: { type: 'scored', required: true } },
  output: 'judged',
  filter: true,
  resource: undefined,
  conditions: [],
  options,
  provides: ({ objective }) => [typeof objective === 'string' ? objective : 'time_ratio'],
  open: (declaration, setup) => {
    const given = optionsOf({ options }, declaration)
    const isSpeedUp = setup.problem.objectives.some(
      ({ name, direction }) => name === given.objective && direction === 'maximize',
    )
    const { entry, text } = comparedProgram(declaration, given, setup)
    const measure = measurer(declaration, given, setup, { entry, text })
    let fastest = Infinity
    return {
      name: declaration.name,
      version: 1,
      keep: 'stored',
      identity: setup.hash(JSON.stringify(['paired-timing', 3, given, text, setup.problem.limits])),
      reuse: 'own',
      readsSource: false,
      late: 'candidate',
      run: async ({ ordinal }, inputs, { signal }) => {
        const { code } = inputs['program'] as unknown as ParseOutput
        const first = await measure(code, `${String(ordinal)}/first`, signal, fastest)
        if (!('ratio' in first)) return first
        let counts = first
        if (first.ratio < fastest) {
          const second = await measure(code, `${String(ordinal)}/second`, signal)
          if (!('ratio' in second)) return second
          counts = second
          fastest = Math.min(fastest, second.ratio)
        }
        return {
          ok: true,
          output: judged({ name: given.objective, isSpeedUp }, counts, counts === first ? undefined : first),
        }
      },
    }
  },
}

/** Measures code once; the label names the inputs. With `fastest` it stops early at what is plainly slower than that. */
function measurer(
  declaration: StageDeclaration,
  given: Options,
  setup: StageSetup,
  { entry, text }: ReturnType<typeof comparedProgram>,
) {
  const { problem, pool, seed } = setup
  const timer = timerOf(declaration, setup)
  let stripped: Promise<string> | undefined
  return async (code: string, label: string, signal: AbortSignal, fastest?: number) => {
    const reference = await (stripped ??= plainCode(text, declaration, setup))
    const inputs = `${String(seed)}/timing/${declaration.name}/${label}`
    const report = await timer.time(
      {
        ...{ code, reference, entry, rounds: given.rounds, starts: given.starts },
        ...{ limits: problem.limits, tolerance: given.tolerance },
        inputs: (round) => pool.inputs(`${inputs}/${String(round)}`, given.batch),
        seed: `${String(seed)}/candidate`,
        ...(fastest === undefined ? {} : { isClear: (pairs) => isPlainlySlower(pairs, fastest, given.least_starts) }),
      },
      signal,
    )
    if (!report.ok) return report
    const byId = byIdOf(bestOfStarts(report.pairs))
    refuseTooShort(byId, declaration, problem.file)
    return measurementOf(byId, report.pairs)
  }
}

function timerOf({ name }: StageDeclaration, { timer, problem }: StageSetup): Timer {
  if (timer !== undefined) return timer
  throw new UserError(
    `stage ${name} times programs in isolates only, and evaluation.backend is ${problem.evaluation.backend}`,
    {
      file: problem.file,
      key: 'evaluation.backend',
    },
  )
}

/** The text of the reference program, with the entry that is called in both. */
function comparedProgram({ name }: StageDeclaration, given: Options, { problem, fileText }: StageSetup) {
  const { entry, source } = problem.program
  const refuse = (message: string, key: string): never => {
    throw new UserError(`stage ${name} ${message}`, { file: problem.file, key })
  }
  if (entry === undefined) return refuse('calls a function: name it under program.entry', 'program.entry')
  return { entry, text: given.reference === undefined ? source : fileText(given.reference, 'pipeline.stages') }
}

async function plainCode(text: string, { name }: StageDeclaration, { pool, problem }: StageSetup): Promise<string> {
  const stripped = await pool.strip(text)
  if (stripped.ok) return stripped.code
  throw new UserError(`stage ${name} cannot read its reference program: ${stripped.failure.message}`, {
    file: problem.file,
    key: 'pipeline.stages',
  })
}

function refuseTooShort(byId: ReturnType<typeof byIdOf>, { name }: StageDeclaration, file: string): void {
  for (const [id, ofId] of byId) {
    const middle = median(ofId.map(({ referenceMs }) => referenceMs))
    if (middle >= leastReferenceMs) continue
    const remedy = 'draw larger inputs for the split timing, or raise the batch of the stage'
    throw new UserError(
      `stage ${name}: the case ${id} takes the reference program ${middle.toPrecision(2)} ms, too short to be timed: ${remedy}`,
      { file, key: 'pipeline.stages' },
    )
  }
}

function byIdOf(pairs: readonly TimedPair[]): ReadonlyMap<string, readonly TimedPair[]> {
  return Map.groupBy(pairs, ({ id }) => id)
}

/**
 * @param best - The shortest times of each input over the starts, by id.
 * @param pairs - Those of all starts.
 */
function measurementOf(best: ReturnType<typeof byIdOf>, pairs: readonly TimedPair[]): Measurement {
  const byId = [...best].map(([id, ofId]) => [id, pairedRatio(ofId)] as const)
  const { ratio, noise } = meanRatio(byId.map(([, ratio]) => ratio))
  const starts = countStarts(pairs)
  return { ratio, noise: Math.hypot(noise, spreadOfStarts(pairs)), starts, byId: Object.fromEntries(byId) }
}

/** @param earlier - The first figure of a candidate that was measured twice. */
function judged(
  { name, isSpeedUp }: { readonly name: string; readonly isSpeedUp: boolean },
  counts: Measurement,
  earlier: Measurement | undefined,
): Json {
  const valueOf = ({ ratio }: PairedRatio): number => (isSpeedUp ? 1 / ratio : ratio)
  const each = Object.entries(counts.byId)
  const scores = Object.fromEntries(each.map(([id, one]) => [id, valueOf(one)]))
  const what = isSpeedUp ? 'times as fast as the reference program' : 'times the time of the reference program'
  return {
    objectives: { [name]: valueOf(counts) },
    scores,
    feedback:
      `${valueOf(counts).toFixed(3)} ${what} (noise ${(100 * counts.noise).toFixed(1)} %); ` +
      `by case: ${each.map(([id, one]) => `${id} ${valueOf(one).toFixed(3)}`).join(', ')}.`,
    artifacts: {
      [`${name}_noise`]: counts.noise,
      [`${name}_starts`]: counts.starts,
      [`${name}_noise_by_case`]: Object.fromEntries(each.map(([id, { noise }]) => [id, noise])),
      ...(earlier === undefined ? {} : { [`${name}_first_figure`]: valueOf(earlier) }),
    },
  }
}
