import { z } from 'zod'
import { duration, list, map, nonNegative, oneOf, positive, text, whole } from './fields.ts'

/** Builds the schema of the `llm` section: the ensemble, its two helpers and the waits that end a call. */
export function llmSchema() {
  return map('Language models. Without any, the operators that need no model work alone.', {
    models: list(
      'The ensemble: one model is drawn by weight for each candidate, up to 64. Default: none.',
      modelSchema(),
      0,
      64,
    ).default([]),
    repair: helperSchema(
      'The model that mends a reply that could not be applied. Default: the one that wrote the reply.',
    ),
    analysis: helperSchema('The model that writes lessons. Default: the first of models.'),
    embedding: embeddingSchema(),
    deadlines: map('Waits that end a model call.', {
      first_token: duration('From sending to the first piece of the reply. Default: 60s.', {
        min: '1ms',
        max: '1d',
      }).default('60s'),
      between_tokens: duration('Between two pieces of the reply. Default: 30s.', { min: '1ms', max: '1d' }).default(
        '30s',
      ),
      total: duration('From sending to the end of the reply. Default: 10m.', { min: '1ms', max: '1d' }).default('10m'),
    }).prefault({}),
  }).superRefine(checkNames)
}

/** One model after checking, defaults filled, values as written. */
export type ModelEntry = z.output<ReturnType<typeof modelSchema>>

/** A model named by one of the ensemble's names, or described by itself. */
export type HelperEntry = string | Omit<ModelEntry, 'weight'>

function modelSchema() {
  return map('One model of the ensemble.', {
    ...modelFields(),
    weight: positive('Share of draws relative to the other models, above 0. Default: 1.').default(1),
  }).superRefine(checkProtocol)
}

function helperSchema(description: string) {
  const own = map('A model of its own.', modelFields()).superRefine(checkProtocol)
  const error = 'must be the name of one of llm.models or a map that describes a model'
  return z
    .union([text('Name of one of llm.models.'), own], { error })
    .describe(description)
    .optional()
}

/** The model that turns texts into vectors, after checking, defaults filled, values as written. */
export type EmbeddingEntry = NonNullable<z.output<ReturnType<typeof embeddingSchema>>>

function embeddingSchema() {
  const { name, model: _, base_url, api_key, concurrency, requests_per_minute, tokens_per_minute } = modelFields()
  return map('The model that turns programs into vectors for stages of the kind novelty. Default: none.', {
    name,
    provider: oneOf('Whose protocol it speaks; no other has embeddings. Default: openai.', ['openai']).default(
      'openai',
    ),
    model: text("The model's identifier at the provider. Default: text-embedding-3-small.").default(
      'text-embedding-3-small',
    ),
    base_url,
    api_key,
    price: map('US dollars per million tokens. Default: from the built-in price list.', {
      input: nonNegative('Per million input tokens, 0 or more.'),
    }).optional(),
    concurrency,
    requests_per_minute,
    tokens_per_minute,
  }).optional()
}

function modelFields() {
  const temperature = z
    .number({ error: rangeOfTemperature })
    .min(0, { error: rangeOfTemperature })
    .max(2, { error: rangeOfTemperature })
  return {
    name: text('What tables and ledgers call it; unique. Default: the value of model.').optional(),
    provider: oneOf('Whose protocol it speaks; openai also stands for every compatible server.', [
      'openai',
      'anthropic',
      'replay',
    ]),
    model: text("The model's identifier at the provider."),
    api: oneOf('Which protocol of openai: chat completions or responses. Default: chat.', [
      'chat',
      'responses',
    ]).default('chat'),
    base_url: z
      .string({ error: addressPhrase })
      .refine(isPlainAddress, { error: addressPhrase })
      .describe("Address of a compatible server, http or https. Default: the provider's own.")
      .optional(),
    api_key: text(
      "The key as a reference to the environment, ${NAME}. Default: the provider's usual variable.",
    ).optional(),
    temperature: z
      .union([temperature, list('Temperatures.', temperature, 0, 16)], {
        error: `${rangeOfTemperature} or a list of such numbers`,
      })
      .describe(
        'Sampling temperature, 0 to 2, or a list from which one is drawn for each call. Default: [], which leaves it to the server.',
      )
      .default([]),
    max_tokens: whole(
      'Output tokens of one reply at most, reasoning included, 1 to 10000000. Default: 8192.',
      1,
      10_000_000,
    ).default(8192),
    reasoning_effort: oneOf('How much the model thinks. Default: left to the server.', [
      'minimal',
      'low',
      'medium',
      'high',
    ]).optional(),
    price: map('US dollars per million tokens. Default: from the built-in price list.', {
      input: nonNegative('Per million input tokens, 0 or more.'),
      output: nonNegative('Per million output tokens, 0 or more.'),
      cached: nonNegative('Per million cached input tokens, 0 or more. Default: as input.').optional(),
    }).optional(),
    concurrency: whole('Calls in flight at once, 1 to 1024. Default: 64.', 1, 1024).default(64),
    requests_per_minute: whole('Calls started per minute, 1 or more. Default: no limit.', 1).optional(),
    tokens_per_minute: whole('Tokens per minute, 1 or more. Default: no limit.', 1).optional(),
  }
}

const rangeOfTemperature = 'must be a number from 0 to 2'

const addressPhrase = 'must be an http or https address without user name, password, query or fragment'

function isPlainAddress(address: string): boolean {
  const url = URL.parse(address)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return false
  return url.username === '' && url.password === '' && url.search === '' && url.hash === ''
}

function checkProtocol(model: { readonly provider: string; readonly api: string }, context: z.RefinementCtx): void {
  if (model.api === 'responses' && model.provider !== 'openai') {
    context.addIssue({ code: 'custom', path: ['api'], message: 'must be chat: only openai has another protocol' })
  }
}

/** Messages name positions, not names: a name may come from the environment. */
function checkNames(
  llm: {
    readonly models: readonly ModelEntry[]
    readonly repair?: HelperEntry | undefined
    readonly analysis?: HelperEntry | undefined
    readonly embedding?: EmbeddingEntry | undefined
  },
  context: z.RefinementCtx,
): void {
  const owner = new Map<string, string>()
  const claim = (name: string, place: readonly (string | number)[], label: string): void => {
    const first = owner.get(name)
    if (first !== undefined) {
      const message = `must be unique: llm.${first} has the same; give one of them another name`
      context.addIssue({ code: 'custom', path: [...place], message, params: { complete: true } })
    } else owner.set(name, label)
  }
  const nameKey = (model: { readonly name?: string | undefined }): string =>
    model.name === undefined ? 'model' : 'name'
  for (const [index, model] of llm.models.entries()) {
    claim(model.name ?? model.model, ['models', index, nameKey(model)], `models[${index}]`)
  }
  if (llm.embedding !== undefined) {
    claim(llm.embedding.name ?? llm.embedding.model, ['embedding', nameKey(llm.embedding)], 'embedding')
  }
  const ensemble = new Set(llm.models.map((model) => model.name ?? model.model))
  for (const role of ['repair', 'analysis'] as const) {
    const helper = llm[role]
    if (helper === undefined) continue
    if (typeof helper !== 'string') claim(helper.name ?? helper.model, [role, nameKey(helper)], role)
    else if (!ensemble.has(helper)) {
      context.addIssue({
        code: 'custom',
        path: [role],
        message: 'must be the name of one of llm.models or a map that describes a model',
      })
    }
  }
}
