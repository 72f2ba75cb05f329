import { z } from 'zod'
import { text } from '../config/fields.ts'
import { jsonIn } from '../insights/json-reply.ts'
import { withoutComments } from '../syntax/comments.ts'
import { genomeOf, parseEvolveBlocks } from '../variation/evolve-block.ts'
import { auditOption, refuse } from './audit.ts'
import type { StageKind } from './stage-kind.ts'
import { optionsOf } from './stage-kind.ts'

const options = {
  threshold: z
    .number({ error: 'must be a number from -1 to 1' })
    .min(-1, { error: 'must be a number from -1 to 1' })
    .max(1, { error: 'must be a number from -1 to 1' })
    .describe('Cosine similarity from which on a candidate is taken for its nearest neighbour, -1 to 1. Default: 0.99.')
    .default(0.99),
  model: text(
    'Name of one of llm.models that is asked whether the two are materially different, before a candidate is refused. Default: nobody is asked.',
  ).optional(),
  audit: auditOption,
}

/** The vendors' models read about 8,000 tokens; dense code has a token for every two characters. */
const longestText = 12_000

/**
 * Refuses a candidate whose text is too near to that of a scored program of its island, as vectors of a model tell it.
 *
 * A model may be asked before. A candidate of which nothing can be said, for lack of a vector or of an answer, goes on.
 *
 * @see Lange et al. 2025 (ShinkaEvolve), arXiv:2509.19349, section on novelty-based rejection.
 */
export const novelty: StageKind<typeof options> = {
  kind: 'novelty',
  description: 'Refuses a candidate whose text is too near to a program of its island, by vectors of llm.embedding.',
  inputs: {},
  output: 'nothing',
  filter: true,
  asks: true,
  resource: 'llm',
  conditions: [],
  options,
  provides: () => [],
  open: (declaration, setup) => {
    const { threshold, model, audit } = optionsOf({ options }, declaration)
    const { language } = setup.problem.program
    const { embedding } = setup.problem.llm
    const judging = model === undefined ? undefined : setup.judging()
    const identity = ['novelty', 1, threshold, model, audit, embedding?.name, judging?.identity]
    return {
      name: declaration.name,
      version: 1,
      keep: 'recompute',
      identity: setup.hash(JSON.stringify(identity)),
      reuse: 'never',
      readsSource: true,
      late: 'nobody',
      run: async ({ source, ordinal }, _inputs, context) => {
        // A candidate whose markers are broken is the parser's to refuse, wherever that is listed.
        const shown = (parseEvolveBlocks(source).ok ? genomeOf(source) : source).trim()
        const found = await context.neighbour(shown.slice(0, longestText) || ' ', ordinal, context.signal)
        const neighbour = found.ok ? found.neighbour : undefined
        if (ordinal === 0 || neighbour === undefined || neighbour.similarity < threshold)
          return { ok: true, output: null }
        const { ordinal: twin, similarity } = neighbour
        let verdict = ''
        if (judging !== undefined) {
          const [before, after] = [neighbour.source, source].map((each) => withoutComments(each, language))
          const prompt = judging.prompt({ ordinal, before: before ?? '', after: after ?? '' })
          const question = { stage: declaration.name, model, prompt, purpose: 'novelty' } as const
          const answer = await context.ask(question, ordinal, context.signal)
          const read = answer.ok ? jsonIn(answer.text, verdictForm) : undefined
          if (read?.different !== false) return { ok: true, output: null }
          verdict = `; ${String(model)} finds no material difference: ${read.why}`
        }
        const message = `its text is nearly the same, similarity ${String(Number(similarity.toFixed(4)))}${verdict}`
        const rejection = { ordinal, stage: declaration.name, check: 'embedding', twin, similarity } as const
        return refuse(context, setup.seed, audit, rejection, () => {
          return { kind: 'duplicate', message, of: twin, check: 'embedding' }
        })
      },
    }
  },
}

const verdictForm = z.object({ different: z.boolean(), why: z.string().trim().min(1).max(600) })
