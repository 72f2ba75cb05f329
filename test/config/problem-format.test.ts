import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadProblem } from '../../src/config/load.ts'
import { problemJsonSchema } from '../../src/config/json-schema.ts'
import { known, problemFolder } from './problem-folder.ts'

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/problem-format.md'), 'utf8')
const block = (language: string): string => page.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? ''

it('the example of docs/problem-format.md loads', () => {
  const { write } = problemFolder()
  write('problems/spread-points.ts', block('ts'))
  write('evaluators/spread-points.ts', 'export default {}\n')
  const file = write('problems/spread-points.yaml', block('yaml'))
  const { problem } = loadProblem(file, { env: { OPENAI_API_KEY: 'k' }, known })
  expect(problem.llm.repair?.baseUrl).toBe('http://localhost:8000/v1')
  expect(problem.budget).toEqual({ candidates: 2000, usd: 10, tokens: undefined, wallMs: 21_600_000 })
})

interface Node {
  readonly type?: string
  readonly default?: unknown
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
}

/** The default column that each key's row must have; `undefined` where any words may explain it. */
function* rows(node: Node, place: string): Generator<readonly [string, string | undefined]> {
  for (const [key, inner] of Object.entries(node.properties ?? {})) {
    const name = place === '' ? key : `${place}.${key}`
    if (inner.properties !== undefined && name !== 'search.operators') {
      yield* rows(inner, name)
      continue
    }
    const own =
      node.required?.includes(key) === true
        ? 'required'
        : inner.default === undefined
          ? undefined
          : shown(inner.default)
    yield [name, name === 'archive.axes' || name === 'pipeline.stages' ? undefined : own]
    if (inner.items !== undefined && inner.type === 'array') yield* rows(inner.items, `${name}[]`)
  }
}

function shown(value: unknown): string {
  return `\`${typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}\``
}

describe('the tables of docs/problem-format.md', () => {
  const expected = new Map(rows(problemJsonSchema(known) as Node, ''))
  const written = new Map(
    [...page.matchAll(/^\| `([^`]+)` *\|[^|]*\| ([^|]+) \|/gm)].map(([, key = '', fallback = '']) => [
      key,
      fallback.trim(),
    ]),
  )

  it('have a row for every key and no other', () => {
    expect([...written.keys()].sort()).toEqual([...expected.keys()].sort())
  })

  it('say the defaults that the schema fills in', () => {
    for (const [key, fallback] of expected) {
      if (fallback === undefined) expect([key, written.get(key)]).not.toEqual([key, 'required'])
      else expect([key, written.get(key)]).toEqual([key, fallback])
    }
  })
})
