import { createHash } from 'node:crypto'
import type { Problem } from '../../src/config/problem.ts'
import type { StageDeclaration } from '../../src/pipeline/declaration.ts'
import type { Stage, StageContext } from '../../src/pipeline/stage.ts'
import type { StageKind, StageSetup } from '../../src/stages/stage-kind.ts'
import { problemWith } from '../run/parts.ts'

/** A stage as a problem declares it when only its kind and options are written down. */
export function declared(kind: Pick<StageKind, 'kind'>, options: StageDeclaration['options'] = {}): StageDeclaration {
  return {
    name: kind.kind,
    kind: kind.kind,
    needs: {},
    after: {},
    when: undefined,
    resource: undefined,
    timeoutMs: undefined,
    retries: 0,
    cache: true,
    options,
  }
}

/** What stages are opened with where nothing is run and nobody scores. */
export function setupWith(changes: Partial<StageSetup> = {}, problem: Partial<Problem> = {}): StageSetup {
  const refuse = () => Promise.reject(new Error('no test asked for this'))
  return {
    problem: { ...problemWith({}), ...problem },
    seed: 1,
    pool: { parse: refuse, score: refuse, inputs: refuse, strip: refuse, fingerprint: refuse },
    timer: { time: refuse },
    fileText: (file) => {
      throw new Error(`no test asked for ${file}`)
    },
    backend: { name: 'fake', run: refuse },
    cases: [{ id: 'one', args: [1] }],
    driver: undefined,
    libraries: [],
    outcomes: [],
    descriptors: [],
    reviewing: () => ({
      identity: 'wording',
      prompt: ({ source, criteria, former }) => {
        const user = [source, ...criteria.map(({ question }) => question), former?.complaint ?? ''].join('\n')
        return { template: 'review', system: '', user, sections: [] }
      },
    }),
    judging: () => ({
      identity: 'wording',
      prompt: ({ before, after }) => ({ template: 'novelty', system: '', user: `${before}\n${after}`, sections: [] }),
    }),
    evaluatorHash: 'evaluator',
    helpersHash: '',
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    ...changes,
  }
}

/** Opens a stage of a kind. */
export function opened(kind: StageKind, setup: StageSetup, options?: StageDeclaration['options']): Stage {
  return kind.open(declared(kind, options), setup)
}

/** What a stage is given beside its inputs. */
export function contextWith(changes: Partial<StageContext> = {}): StageContext {
  return {
    claim: () => undefined,
    reject: () => undefined,
    departure: () => undefined,
    neighbour: () => Promise.resolve({ ok: false, reason: 'there is no llm.embedding' }),
    ask: () => Promise.resolve({ ok: false, reason: 'there is no language model' }),
    stand: () => Promise.resolve({ ahead: 0, of: 1 }),
    signal: new AbortController().signal,
    value: () => undefined,
    ...changes,
  }
}
