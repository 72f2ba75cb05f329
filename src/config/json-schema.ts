import { z } from 'zod'
import { problemSchema } from './schema.ts'
import type { KnownNames } from './schema.ts'

/** The problem format as JSON Schema (draft 2020-12), for editors that check and complete YAML. */
export function problemJsonSchema(known: KnownNames): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(problemSchema(known), { io: 'input' })
}

/** The text of `schemas/problem.schema.json`. */
export function problemJsonSchemaText(known: KnownNames): string {
  return `${JSON.stringify(problemJsonSchema(known), undefined, 2)}\n`
}
