import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { operators, samplers, stageKinds, topologies } from '../../src/builtins.ts'
import { problemJsonSchema, problemJsonSchemaText } from '../../src/config/json-schema.ts'
import { known } from './problem-folder.ts'

const names = (entries: readonly { readonly name: string }[]): string[] => entries.map(({ name }) => name)

describe('schemas/problem.schema.json', () => {
  it('is what `npm run schema` would write', () => {
    const text = readFileSync(path.resolve(import.meta.dirname, '../../schemas/problem.schema.json'), 'utf8')
    const builtins = {
      operators: names(operators),
      samplers: names(samplers),
      topologies: names(topologies),
      stages: stageKinds,
    }
    expect(text, 'run `npm run schema`').toBe(problemJsonSchemaText(builtins))
  })
})

interface Node {
  readonly type?: string
  readonly description?: string
  readonly additionalProperties?: unknown
  readonly properties?: Readonly<Record<string, Node>>
  /** `false` behind the fixed entries of a tuple. */
  readonly items?: Node | false
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
}

function* nodes(node: Node, place: string): Generator<readonly [string, Node]> {
  yield [place, node]
  for (const [key, inner] of Object.entries(node.properties ?? {})) yield* nodes(inner, `${place}.${key}`)
  if (node.items) yield* nodes(node.items, `${place}[]`)
  for (const [index, inner] of [...(node.anyOf ?? []), ...(node.oneOf ?? [])].entries())
    yield* nodes(inner, `${place}|${index}`)
}

describe('the JSON Schema of a problem', () => {
  const all = [...nodes(problemJsonSchema(known) as Node, 'problem')]

  it('has a hover text for every key', () => {
    expect(all.length).toBeGreaterThan(80)
    expect(
      all.filter(([place, node]) => !place.includes('|') && node.description === undefined).map(([place]) => place),
    ).toEqual([])
  })

  it('refuses unknown keys in every map but those whose keys are names that the author gives', () => {
    const open = all.filter(
      ([, node]) =>
        node.type === 'object' && node.additionalProperties !== false && typeof node.additionalProperties !== 'object',
    )
    expect(open.map(([place]) => place)).toEqual([])
  })

  it('asks only for name, program, evaluator and objectives', () => {
    expect(problemJsonSchema(known).required).toEqual(['name', 'program', 'evaluator', 'objectives'])
  })
})
