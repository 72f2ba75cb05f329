import type { Json } from '../core/json.ts'

/** A returned value as a careless or hostile candidate might send it. */
export interface DamagedValue {
  /** What was done to the valid value and where, for example `output[0][2] = NaN`. */
  readonly name: string
  /** Json but for NaN and infinities, which a score must refuse too. */
  readonly value: Json
  /** Whether the damage is a number that is not finite: no evaluator may ever score it. */
  readonly nonFinite: boolean
}

/**
 * Damages a valid output in every way that any evaluator must survive.
 *
 * Numbers become NaN, infinities and 1e308; items of the outermost and of an innermost list are dropped and doubled; the
 * value and its first number change their type; lists run empty. An evaluator may still accept some finite variants,
 * where they happen to be valid too. The given value is not touched.
 *
 * @returns At least the variants of the wrong type; names are unique.
 */
export function damaged(value: Json): readonly DamagedValue[] {
  const paths = pathsOf(value)
  const numbers = paths.filter((path) => typeof at(value, path) === 'number')
  const lists = paths.filter((path) => Array.isArray(at(value, path)))
  return [
    ...ends(numbers).flatMap((path) => damagedNumber(value, path)),
    ...numbers.slice(0, 1).flatMap((path) => wrongType(value, path)),
    ...ends(outerAndInner(value, lists)).flatMap((path) => damagedList(value, path)),
    ...(numbers[0]?.length === 0 ? [] : wrongType(value, [])),
  ]
}

type Path = readonly (string | number)[]

/** Paths of a value and everything in it, outer before inner. */
function pathsOf(value: Json, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries: (readonly [string | number, Json])[] = isList(value) ? [...value.entries()] : Object.entries(value)
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

function at(value: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, Json>)[key] : undefined,
    value,
  )
}

function withReplaced(value: Json, [key, ...rest]: Path, item: Json): Json {
  if (key === undefined) return item
  if (isList(value)) return value.map((old, index) => (index === key ? withReplaced(old, rest, item) : old))
  const record = value as Readonly<Record<string, Json>>
  return { ...record, [key]: withReplaced(record[key] ?? null, rest, item) }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** The first and the last: the one in the middle would break nothing that these two do not. */
function ends(paths: readonly Path[]): readonly Path[] {
  return paths.length < 2 ? paths : [paths[0], paths.at(-1)].filter((path) => path !== undefined)
}

/** The outermost list and the first that holds no further list; one path when they are the same. */
function outerAndInner(value: Json, lists: readonly Path[]): readonly Path[] {
  const inner = lists.find((path) => {
    const list = at(value, path)
    return isList(list ?? null) && !(list as readonly Json[]).some(isList)
  })
  return lists.slice(0, 1).concat(inner === undefined || inner === lists[0] ? [] : [inner])
}

function damagedNumber(value: Json, path: Path): readonly DamagedValue[] {
  return [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308].map((number) => ({
    name: `${nameOf(path)} = ${number}`,
    value: withReplaced(value, path, number),
    nonFinite: !Number.isFinite(number),
  }))
}

function damagedList(value: Json, path: Path): readonly DamagedValue[] {
  const list = at(value, path) as readonly Json[]
  const damage = (what: string, items: readonly Json[]): DamagedValue => ({
    name: `${nameOf(path)} ${what}`,
    value: withReplaced(value, path, items),
    nonFinite: false,
  })
  return list.length === 0
    ? [damage('has an item of null', [null])]
    : [
        damage('lost its last item', list.slice(0, -1)),
        damage('has its last item twice', [...list, list.at(-1) ?? null]),
        ...(list.length === 1 ? [] : [damage('is empty', [])]),
      ]
}

function wrongType(value: Json, path: Path): readonly DamagedValue[] {
  const old = at(value, path)
  return [String(typeof old === 'object' ? 'text' : old), null, {}, []]
    .filter((item) => JSON.stringify(item) !== JSON.stringify(old))
    .map((item) => ({
      name: `${nameOf(path)} = ${JSON.stringify(item)}`,
      value: withReplaced(value, path, item),
      nonFinite: false,
    }))
}

function nameOf(path: Path): string {
  return path.reduce<string>((name, key) => name + (typeof key === 'number' ? `[${key}]` : `.${key}`), 'output')
}
