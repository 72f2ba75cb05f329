import type { Condition } from './condition.ts'
import { namesIn, parseCondition } from './condition.ts'
import type { After, PipelineDeclaration, StageDeclaration } from './declaration.ts'
import type { DataType, StageShape } from './stage.ts'

/** A stage with its edges; numbers are positions in {@link StageGraph.nodes}. */
export interface StageNode {
  readonly declaration: StageDeclaration
  readonly shape: StageShape
  /** Class whose slot it holds while it runs. */
  readonly resource: string | undefined
  readonly needs: readonly { readonly input: string; readonly from: number; readonly required: boolean }[]
  readonly after: readonly { readonly from: number; readonly on: After }[]
  readonly when: Condition | undefined
  /** Names in the conditions among its options, on whose values its result depends. */
  readonly mentions: readonly string[]
}

/** A pipeline that can be run: every stage stands after what it waits for. */
export interface StageGraph {
  readonly nodes: readonly StageNode[]
  /** The stage whose output puts the candidate into the archive. */
  readonly goal: number
}

/** One thing wrong with a declaration, where it stands below `pipeline`. */
export interface WiringMistake {
  readonly path: readonly (string | number)[]
  /** The rest of a sentence that the key begins. */
  readonly message: string
}

/** What wiring needs to know beside the declaration. */
export interface WiringOptions {
  readonly shapes: readonly StageShape[]
  /** Names of the problem's objectives. */
  readonly objectives: readonly string[]
  /** Whether candidates are run at all. Where they are not, nothing gives results and nothing must have any. */
  readonly runs: boolean
}

/** A graph, or everything that is wrong at once. */
export type Wiring =
  | { readonly ok: true; readonly graph: StageGraph }
  | { readonly ok: false; readonly mistakes: readonly WiringMistake[] }

/** Classes that exist without being declared. */
export const knownResources: readonly string[] = ['cpu', 'gpu', 'llm']

interface Draft {
  readonly index: number
  readonly declaration: StageDeclaration
  readonly shape: StageShape
  readonly needs: { readonly input: string; readonly from: number; readonly required: boolean }[]
  readonly after: { readonly from: number; readonly on: After }[]
  when: Condition | undefined
  readonly mentions: string[]
}

/**
 * Connects the declared stages.
 *
 * An input that names no stage is connected to the nearest stage listed before that gives its type. A filter comes
 * before everything listed after it. A condition waits for the stages whose objectives it mentions. Stages that ask a
 * model come one after the other.
 */
export function wire(pipeline: PipelineDeclaration, options: WiringOptions): Wiring {
  const mistakes: WiringMistake[] = []
  const drafts = draftsOf(pipeline, options, mistakes)
  for (const draft of drafts) {
    connectNeeds(draft, drafts, options, mistakes)
    connectAfter(draft, drafts, mistakes)
    connectConditions(draft, drafts, options, mistakes)
    checkResource(draft, pipeline, mistakes)
  }
  for (const draft of drafts) connectFollowed(draft, drafts)
  connectFilters(drafts)
  connectAsking(drafts)
  const order = ordered(drafts, mistakes)
  if (order !== undefined) findUnreachable(drafts, order, mistakes)
  if (!drafts.some(({ shape }) => shape.output === 'descriptors')) {
    mistakes.push({
      path: ['stages'],
      message: 'has no stage of the kind describe: without its descriptors no program gets into the archive',
    })
  }
  if (mistakes.length > 0 || order === undefined) return { ok: false, mistakes }
  return { ok: true, graph: graphOf(order) }
}

function draftsOf(
  { stages }: PipelineDeclaration,
  { shapes, runs }: WiringOptions,
  mistakes: WiringMistake[],
): readonly Draft[] {
  return stages.flatMap((declaration, index) => {
    const twin = stages.findIndex(({ name }) => name === declaration.name)
    if (twin !== index) {
      const message = `is a second stage named ${declaration.name}: give each its own name`
      mistakes.push({ path: ['stages', index], message })
    }
    const shape = shapes.find(({ kind }) => kind === declaration.kind)
    if (!runs && shape?.output === 'results') {
      const message = 'runs the candidate, but evaluation.backend is none: leave the stage out or choose a backend'
      mistakes.push({ path: ['stages', index, 'kind'], message })
    }
    if (shape === undefined) {
      const known = shapes.map(({ kind }) => kind).join(', ')
      mistakes.push({
        path: ['stages', index, 'kind'],
        message: `names no kind of stage: ${declaration.kind}; there are ${known}`,
      })
      return []
    }
    return [{ index, declaration, shape, needs: [], after: [], when: undefined, mentions: [] }]
  })
}

function connectNeeds(
  draft: Draft,
  drafts: readonly Draft[],
  { runs }: WiringOptions,
  mistakes: WiringMistake[],
): void {
  const { declaration, shape, index } = draft
  const ports = shape.inputsOf?.(declaration.options) ?? shape.inputs
  for (const input of Object.keys(declaration.needs).filter((named) => !Object.hasOwn(ports, named))) {
    mistakes.push({ path: ['stages', index, 'needs', input], message: 'is not read with these options: leave it out' })
  }
  for (const [input, port] of Object.entries(ports)) {
    const named = declaration.needs[input]
    const path = ['stages', index, ...(named === undefined ? [] : ['needs', input])]
    const from =
      named === undefined
        ? drafts.findLast((other) => other.index < index && other.shape.output === port.type)
        : drafts.find((other) => other.declaration.name === named)
    if (from === undefined) {
      if (named !== undefined) mistakes.push({ path, message: unknownStage(named, drafts) })
      else if (port.required && (runs || port.type !== 'results'))
        mistakes.push({ path, message: missingInput(input, port.type, drafts) })
    } else if (from.shape.output !== port.type) {
      mistakes.push({ path, message: wrongType(draft, input, from, drafts) })
    } else {
      draft.needs.push({ input, from: from.index, required: port.required })
    }
  }
}

function unknownStage(name: string, drafts: readonly Draft[]): string {
  return `names no stage: ${name}; there are ${drafts.map(({ declaration }) => declaration.name).join(', ')}`
}

function missingInput(input: string, type: DataType, drafts: readonly Draft[]): string {
  const later = givers(type, drafts)
  const remedy =
    later.length === 0
      ? `put one before it that gives ${type}`
      : `name one under needs: { ${input}: ${later.join(' | ')} } or move it up`
  return `has nothing for its input ${input}: no stage listed before it gives ${type}; ${remedy}`
}

function wrongType(draft: Draft, input: string, from: Draft, drafts: readonly Draft[]): string {
  const type = draft.shape.inputs[input]?.type ?? 'nothing'
  const able = givers(type, drafts)
  return (
    `takes ${type}, but ${from.declaration.name} gives ${from.shape.output}` +
    (able.length === 0 ? '; no stage gives that' : `; ${type} comes from ${able.join(', ')}`)
  )
}

function givers(type: DataType, drafts: readonly Draft[]): readonly string[] {
  return drafts.filter(({ shape }) => shape.output === type).map(({ declaration }) => declaration.name)
}

function connectAfter(draft: Draft, drafts: readonly Draft[], mistakes: WiringMistake[]): void {
  for (const [name, on] of Object.entries(draft.declaration.after)) {
    const from = drafts.find((other) => other.declaration.name === name)
    if (from === undefined) {
      mistakes.push({ path: ['stages', draft.index, 'after', name], message: unknownStage(name, drafts) })
    } else {
      draft.after.push({ from: from.index, on })
    }
  }
}

function connectConditions(
  draft: Draft,
  drafts: readonly Draft[],
  options: WiringOptions,
  mistakes: WiringMistake[],
): void {
  const { declaration, shape, index } = draft
  const written: readonly (readonly [key: string, text: unknown])[] = [
    ['when', declaration.when],
    ...shape.conditions.map((key) => [key, declaration.options[key]] as const),
  ]
  for (const [key, text] of written) {
    if (typeof text !== 'string') continue
    const path = ['stages', index, key]
    const parsed = parseCondition(text)
    if (!parsed.ok) {
      mistakes.push({ path, message: parsed.message })
      continue
    }
    if (key === 'when') draft.when = parsed.condition
    else draft.mentions.push(...namesIn(parsed.condition))
    for (const name of namesIn(parsed.condition)) {
      const sources = sourcesOf(name, draft, drafts, options)
      if (typeof sources === 'string') mistakes.push({ path, message: sources })
      else for (const from of sources) waitFor(draft, from)
    }
  }
}

/** The stages that a name in a condition refers to, or what is wrong with it. */
function sourcesOf(
  name: string,
  draft: Draft,
  drafts: readonly Draft[],
  { objectives }: WiringOptions,
): readonly Draft[] | string {
  const known = [
    ...new Set([...objectives, ...drafts.flatMap(({ shape, declaration }) => shape.provides(declaration.options))]),
  ]
  const values = drafts.filter(({ shape }) => shape.output === 'scored' || shape.output === 'judged')
  if (known.includes(name)) {
    const earlier = values.filter((value) => value.index < draft.index && mayGive(value, name, drafts))
    return earlier.length > 0 ? earlier : `mentions ${name}, but no stage listed before it gives that value`
  }
  const stage = drafts.find(({ declaration }) => name.startsWith(`${declaration.name}.`))
  if (stage === undefined) return `mentions ${name}, which is no objective; there are ${known.join(', ')}`
  const objective = name.slice(stage.declaration.name.length + 1)
  if (!known.includes(objective)) return `mentions ${objective}, which is no objective; there are ${known.join(', ')}`
  if (!values.includes(stage)) return `mentions ${name}, but ${stage.declaration.name} gives no score`
  return mayGive(stage, objective, drafts)
    ? [stage]
    : `mentions ${name}, but ${stage.declaration.name} gives no ${objective}`
}

/** Whether a value comes from a stage: what a kind of stage says that it gives comes from it, all else from scores. */
function mayGive(draft: Draft, name: string, drafts: readonly Draft[]): boolean {
  const gives = ({ shape, declaration }: Draft): boolean => shape.provides(declaration.options).includes(name)
  return drafts.some(gives) ? gives(draft) : draft.shape.output === 'scored'
}

function waitFor(draft: Draft, from: Draft): void {
  const waits = [...draft.needs, ...draft.after].some((edge) => edge.from === from.index)
  if (!waits) draft.after.push({ from: from.index, on: 'always' })
}

function checkResource(draft: Draft, { resources }: PipelineDeclaration, mistakes: WiringMistake[]): void {
  const { resource } = draft.declaration
  if (resource === undefined || knownResources.includes(resource) || Object.hasOwn(resources, resource)) return
  const message = `is a class without a limit: declare it, as in pipeline.resources: { ${resource}: 1 }`
  mistakes.push({ path: ['stages', draft.index, 'resource'], message })
}

/** A filter goes before everything listed after it, unless that says otherwise or the filter itself waits for it. */
function connectFilters(drafts: readonly Draft[]): void {
  for (const filter of drafts.filter(({ shape }) => shape.filter)) {
    const before = ancestors(filter, drafts)
    for (const draft of drafts) {
      const stated = draft.after.some(({ from }) => from === filter.index)
      if (draft.index <= filter.index || stated || before.has(draft.index)) continue
      draft.after.push({ from: filter.index, on: 'success' })
    }
  }
}

function connectFollowed(draft: Draft, drafts: readonly Draft[]): void {
  for (const type of draft.shape.follows ?? []) {
    const from = drafts.findLast(({ index, shape }) => index < draft.index && shape.output === type)
    if (from === undefined || draft.after.some((edge) => edge.from === from.index)) continue
    if (ancestors(from, drafts).has(draft.index)) continue
    draft.after.push({ from: from.index, on: 'success' })
  }
}

/** Two stages that ask a model never work side by side, unless the problem has the earlier one wait for the later. */
function connectAsking(drafts: readonly Draft[]): void {
  const asking = drafts.filter(({ shape }) => shape.asks === true)
  for (const [position, draft] of asking.entries()) {
    for (const earlier of asking.slice(0, position)) {
      if (!ancestors(earlier, drafts).has(draft.index)) waitFor(draft, earlier)
    }
  }
}

function ancestors(draft: Draft, drafts: readonly Draft[]): ReadonlySet<number> {
  const found = new Set<number>()
  const waiting = [draft.index]
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const each = drafts.find((other) => other.index === index)
    for (const { from } of [...(each?.needs ?? []), ...(each?.after ?? [])]) {
      if (!found.has(from)) waiting.push(from)
      found.add(from)
    }
  }
  return found
}

/** Every stage after what it waits for, otherwise as listed; `undefined` when some wait for each other. */
function ordered(drafts: readonly Draft[], mistakes: WiringMistake[]): readonly Draft[] | undefined {
  const order: Draft[] = []
  const left = new Set(drafts)
  while (left.size > 0) {
    const indexes = new Set([...left].map(({ index }) => index))
    const ready = [...left].find((draft) => ![...draft.needs, ...draft.after].some(({ from }) => indexes.has(from)))
    if (ready === undefined) {
      reportCycles([...left], mistakes)
      return undefined
    }
    order.push(ready)
    left.delete(ready)
  }
  return order
}

function reportCycles(left: readonly Draft[], mistakes: WiringMistake[]): void {
  const circling = left.filter((draft) => ancestors(draft, left).has(draft.index))
  const seen = new Set<number>()
  for (const draft of circling) {
    if (seen.has(draft.index)) continue
    const mine = ancestors(draft, left)
    const circle = circling.filter((other) => mine.has(other.index) && ancestors(other, left).has(draft.index))
    for (const { index } of circle) seen.add(index)
    const names = circle.map(({ declaration }) => declaration.name)
    const message =
      names.length === 1 ? 'waits for itself' : `waits for itself in a circle: ${names.join(', ')} wait for each other`
    mistakes.push({ path: ['stages', draft.index], message })
  }
}

type Ending = 'success' | 'failure'

/** A stage whose start asks for the success and the failure of one and the same stage can never run. */
function findUnreachable(drafts: readonly Draft[], order: readonly Draft[], mistakes: WiringMistake[]): void {
  const asked = new Map<number, ReadonlyMap<number, Ending>>()
  const unreachable = new Set<number>()
  for (const draft of order) {
    const needed = new Map<number, Ending>()
    let contradiction: number | undefined
    const ask = (stage: number, ending: Ending): void => {
      if ((needed.get(stage) ?? ending) !== ending) contradiction ??= stage
      needed.set(stage, ending)
    }
    const edges = [
      ...draft.needs.filter(({ required }) => required).map(({ from }) => ({ from, on: 'success' as const })),
      ...draft.after,
    ]
    for (const { from, on } of edges) {
      if (on === 'always') continue
      if (unreachable.has(from)) unreachable.add(draft.index)
      ask(from, on)
      for (const [stage, ending] of asked.get(from) ?? []) ask(stage, ending)
    }
    asked.set(draft.index, needed)
    if (contradiction !== undefined) unreachable.add(draft.index)
    if (!unreachable.has(draft.index)) continue
    const name = drafts.find(({ index }) => index === contradiction)?.declaration.name
    mistakes.push({
      path: ['stages', draft.index],
      message:
        name === undefined
          ? 'can never run: it waits for a stage that can never run'
          : `can never run: it waits both for the success and for the failure of ${name}`,
    })
  }
}

function graphOf(order: readonly Draft[]): StageGraph {
  const positions = new Map(order.map(({ index }, position) => [index, position]))
  const at = (index: number): number => positions.get(index) ?? 0
  const nodes = order.map(({ declaration, shape, needs, after, when, mentions }): StageNode => ({
    declaration,
    shape,
    resource: declaration.resource ?? shape.resource,
    needs: needs.map(({ input, from, required }) => ({ input, from: at(from), required })),
    after: after.map(({ from, on }) => ({ from: at(from), on })),
    when,
    mentions,
  }))
  return { nodes, goal: nodes.findLastIndex(({ shape }) => shape.output === 'descriptors') }
}
