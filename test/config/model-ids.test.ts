import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { modelFromEnvironment } from '../../src/config/environment-model.ts'
import { placeholderNames } from '../../src/prompting/placeholders.ts'
import { givingWay } from '../../src/prompting/sections.ts'
import { priceOf } from '../../src/llm/prices.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** The ids in a vendor's own type: `export type ChatModel = 'gpt-6' | ...`. */
function idsOf(library: string, file: string, type: string): readonly string[] {
  const text = readFileSync(path.join(root, 'node_modules', library, file), 'utf8')
  const [, union = ''] = new RegExp(`export type ${type} =([^;]*);`).exec(text) ?? []
  return [...union.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '')
}

const known: Readonly<Record<string, readonly string[]>> = {
  openai: idsOf('openai', 'resources/shared.d.ts', 'ChatModel'),
  anthropic: idsOf('@anthropic-ai/sdk', 'resources/messages/messages.d.ts', 'Model'),
}

/** Models of the vendors' own servers that a page's examples name. */
function namedIn(page: string): readonly { readonly provider: string; readonly model: string }[] {
  const text = readFileSync(path.join(root, page), 'utf8')
  const entries = text.match(/\{ provider: (openai|anthropic),[^}]*\}*/g) ?? []
  return entries
    .filter((entry) => !entry.includes('base_url'))
    .map((entry) => ({
      provider: /provider: (\w+)/.exec(entry)?.[1] ?? '',
      model: /model: ([\w.-]+)/.exec(entry)?.[1] ?? '',
    }))
}

it.each(['README.md', 'docs/models.md', 'docs/problem-format.md'])(
  'names in %s only models that the vendors themselves list, with a known price',
  (page) => {
    const models = namedIn(page)
    expect(models.length).toBeGreaterThan(0)
    for (const { provider, model } of models) {
      expect(known[provider]).toContain(model)
      expect(priceOf({ model, price: undefined }), model).toBeDefined()
    }
  },
)

it('offers by a key alone only models that the vendors themselves list, with a known price', () => {
  for (const [provider, variable] of [
    ['openai', 'OPENAI_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
  ] as const) {
    const model = modelFromEnvironment({ [variable]: 'key' })?.entry['model'] ?? ''
    expect(known[provider]).toContain(model)
    expect(priceOf({ model, price: undefined }), model).toBeDefined()
  }
})

it('lists in docs/prompts.md every variable of a template, and in which order they give way', () => {
  const text = readFileSync(path.join(root, 'docs/prompts.md'), 'utf8')
  const [, table = ''] = /## Variables\n([\s\S]*?)\n## /.exec(text) ?? []
  const rows = [...table.matchAll(/^\| `([a-z-]+)` +\|.*\| *(?:(\d+)\w\w,[^|]*|kept *)\|$/gm)]
  expect(rows.map((row) => row[1] ?? '').sort()).toEqual([...placeholderNames].sort())
  const givesWay = rows.filter((row) => row[2] !== undefined).sort((one, other) => Number(one[2]) - Number(other[2]))
  expect(givesWay.map((row) => row[1])).toEqual([...givingWay])
})
