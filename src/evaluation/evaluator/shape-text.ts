import { z } from 'zod'

/** The parts of a JSON Schema that a shape is told by. */
interface JsonShape {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonShape[]
  readonly oneOf?: readonly JsonShape[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly items?: JsonShape | boolean
  readonly prefixItems?: readonly JsonShape[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, JsonShape>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonShape | boolean
}

/** A shape that is deeper says so: the rest would only confuse. */
const deepest = 6
/** Longer texts crowd out the rest of a prompt. */
const longest = 1200

/**
 * Tells in words what data a schema takes: `an array of exactly 26 entries, each [a number, a number, a number]`.
 *
 * What a schema checks by code of its own (`refine`) cannot be told and is left out.
 *
 * @returns `undefined` for a schema that says nothing, or cannot be told.
 */
export function shapeText(schema: z.ZodType): string | undefined {
  let told: JsonShape
  try {
    told = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonShape
  } catch {
    return undefined
  }
  const text = inWords(told, 0)
  if (text === anything) return undefined
  return text.length > longest ? `${text.slice(0, longest)} ...` : text
}

const anything = 'any plain data'

function inWords(shape: JsonShape, depth: number): string {
  if (depth > deepest) return 'more data'
  if (shape.const !== undefined) return JSON.stringify(shape.const)
  if (shape.enum !== undefined) return shape.enum.map((value) => JSON.stringify(value)).join(' or ')
  const choices = shape.anyOf ?? shape.oneOf
  if (choices !== undefined) return [...new Set(choices.map((each) => inWords(each, depth + 1)))].join(' or ')
  switch (shape.type) {
    case 'number':
      return `a number${rangeText(shape)}`
    case 'integer':
      return `a whole number${rangeText(shape)}`
    case 'string':
      return `text${countText(shape.minLength, shape.maxLength, 'characters', ' of ')}`
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'array':
      return arrayText(shape, depth)
    case 'object':
      return objectText(shape, depth)
    default:
      return anything
  }
}

function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonShape): string {
  const safe = Number.MAX_SAFE_INTEGER
  const [from, to] = [minimum === -safe ? undefined : minimum, maximum === safe ? undefined : maximum]
  if (from !== undefined && to !== undefined) return ` from ${String(from)} to ${String(to)}`
  const parts = [
    from === undefined ? [] : [`at least ${String(from)}`],
    exclusiveMinimum === undefined ? [] : [`above ${String(exclusiveMinimum)}`],
    to === undefined ? [] : [`at most ${String(to)}`],
    exclusiveMaximum === undefined ? [] : [`below ${String(exclusiveMaximum)}`],
  ].flat()
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`
}

function countText(least: number | undefined, most: number | undefined, unit: string, before: string): string {
  if (least !== undefined && least === most) return `${before}exactly ${String(least)} ${unit}`
  if (least !== undefined && least > 0 && most !== undefined)
    return `${before}${String(least)} to ${String(most)} ${unit}`
  if (most !== undefined) return `${before}at most ${String(most)} ${unit}`
  return least !== undefined && least > 0 ? `${before}at least ${String(least)} ${unit}` : ''
}

function arrayText(shape: JsonShape, depth: number): string {
  const { prefixItems, items, minItems, maxItems } = shape
  if (prefixItems !== undefined) {
    const rest = typeof items === 'object' ? [`and any number of ${inWords(items, depth + 1)}`] : []
    return `[${[...prefixItems.map((each) => inWords(each, depth + 1)), ...rest].join(', ')}]`
  }
  const count = countText(minItems, maxItems, 'entries', ' of ')
  const each = typeof items === 'object' ? inWords(items, depth + 1) : anything
  return each === anything ? `an array${count}` : `an array${count === '' ? '' : `${count},`} each ${each}`
}

function objectText({ properties = {}, required = [], additionalProperties }: JsonShape, depth: number): string {
  const keys = Object.entries(properties).map(
    ([key, value]) => `${key}${required.includes(key) ? '' : ' (optional)'}: ${inWords(value, depth + 1)}`,
  )
  if (keys.length > 0) return `an object { ${keys.join('; ')} }`
  return typeof additionalProperties === 'object'
    ? `an object whose values are each ${inWords(additionalProperties, depth + 1)}`
    : 'an object'
}
