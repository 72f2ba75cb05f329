import { z } from 'zod'
import type { Json } from '../../core/json.ts'
import type { Rng } from '../../core/rng.ts'

/**
 * What one argument looks like, as plain data, for {@link drawArgs}.
 *
 * - `"number"`, `"int"`, `"boolean"`, `"string"`: anything of that kind; numbers from -100 to 100
 * - `{ "int": [0, 9] }`, `{ "number": [0, 1] }`: from one bound to the other, both included
 * - `{ "string": "ACGT", "length": [0, 50] }`: letters of an alphabet
 * - `{ "list": "int", "length": [0, 50], "sorted": true }`: items of one kind, numbers in ascending order where `sorted`
 * - `{ "tuple": ["int", "string"] }`, `{ "object": { "x": "number" } }`: parts of their own kinds
 * - `{ "oneOf": ["asc", "desc", null] }`: one of these values; `{ "either": ["int", "string"] }`: of one of these kinds
 */
export type InputSpec =
  | 'number'
  | 'int'
  | 'boolean'
  | 'string'
  | { readonly int: readonly [number, number] }
  | { readonly number: readonly [number, number] }
  | { readonly string: string; readonly length?: readonly [number, number] | undefined }
  | {
      readonly list: InputSpec
      readonly length?: readonly [number, number] | undefined
      readonly sorted?: boolean | undefined
    }
  | { readonly tuple: readonly InputSpec[] }
  | { readonly object: Readonly<Record<string, InputSpec>> }
  | { readonly oneOf: readonly Json[] }
  | { readonly either: readonly InputSpec[] }

const ordered = 'the first bound must not be above the second'
const wholeBounds = z.tuple([z.int(), z.int()]).refine(([low, high]) => low <= high, ordered)
const bounds = z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= high, ordered)
const lengths = z
  .tuple([z.int().min(0), z.int().max(1e6)])
  .refine(([low, high]) => low <= high, ordered)
  .optional()

/** The shape of an {@link InputSpec}. */
export const inputSpec: z.ZodType<InputSpec> = z.lazy(() =>
  z.union([
    z.enum(['number', 'int', 'boolean', 'string']),
    z.strictObject({ int: wholeBounds }),
    z.strictObject({ number: bounds }),
    z.strictObject({ string: z.string().min(1), length: lengths }),
    z.strictObject({ list: inputSpec, length: lengths, sorted: z.boolean().optional() }),
    z.strictObject({ tuple: z.array(inputSpec) }),
    z.strictObject({ object: z.record(z.string(), inputSpec) }),
    z.strictObject({ oneOf: z.array(z.json() as z.ZodType<Json>).min(1) }),
    z.strictObject({ either: z.array(inputSpec).min(1) }),
  ]),
)

const letters = 'abcdefghijklmnopqrstuvwxyz ABC.,-0123456789'
const usual = [-100, 100] as const

/**
 * Draws the arguments of one call by chance.
 *
 * @param specs - One for each argument.
 * @param length - Fewest and most items of lists and texts that do not say how long they are; inside a list the square
 * root of that.
 */
export function drawArgs(specs: readonly InputSpec[], rng: Rng, length: readonly [number, number]): Json[] {
  return specs.map((spec) => drawn(spec, rng, length))
}

function drawn(spec: InputSpec, rng: Rng, length: readonly [number, number]): Json {
  if (typeof spec === 'string') return drawnOf(spec, rng, length)
  if ('int' in spec) return wholeFrom(spec.int, rng)
  if ('number' in spec) return numberFrom(spec.number, rng)
  if ('string' in spec) {
    const alphabet = Array.from(spec.string)
    return Array.from({ length: wholeFrom(spec.length ?? length, rng) }, () => rng.pick(alphabet)).join('')
  }
  if ('list' in spec) {
    const inner = [Math.ceil(Math.sqrt(length[0])), Math.ceil(Math.sqrt(length[1]))] as const
    const items = Array.from({ length: wholeFrom(spec.length ?? length, rng) }, () => drawn(spec.list, rng, inner))
    return spec.sorted === true ? items.sort(ascending) : items
  }
  if ('tuple' in spec) return spec.tuple.map((each) => drawn(each, rng, length))
  if ('object' in spec) {
    return Object.fromEntries(Object.entries(spec.object).map(([key, each]) => [key, drawn(each, rng, length)]))
  }
  return 'oneOf' in spec ? rng.pick(spec.oneOf) : drawn(rng.pick(spec.either), rng, length)
}

function drawnOf(kind: 'number' | 'int' | 'boolean' | 'string', rng: Rng, length: readonly [number, number]): Json {
  switch (kind) {
    case 'number':
      return numberFrom(usual, rng)
    case 'int':
      return wholeFrom(usual, rng)
    case 'boolean':
      return rng.int(2) === 0
    case 'string':
      return drawn({ string: letters }, rng, length)
  }
}

function wholeFrom([low, high]: readonly [number, number], rng: Rng): number {
  return low + rng.int(high - low + 1)
}

/** Few digits: they are sent as text. Never a negative zero, which does not survive that. */
function numberFrom([low, high]: readonly [number, number], rng: Rng): number {
  const value = low + (high - low) * rng.next()
  const short = Number(value.toPrecision(6))
  return Math.min(high, Math.max(low, short)) + 0
}

function ascending(left: Json, right: Json): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  const [one, other] = [JSON.stringify(left), JSON.stringify(right)]
  if (one === other) return 0
  return one < other ? -1 : 1
}
