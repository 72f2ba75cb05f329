import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Alias, Document, Node, Pair, YAMLError } from 'yaml'
import { messageOf, UserError } from '../core/errors.ts'
import type { SourceLocation } from '../core/errors.ts'

/** Keys and list positions that lead from the top of a file to a value. */
export type KeyPath = readonly (string | number)[]

/** What a path should be pointed at: the value itself or the key in front of it. */
export type Spot = 'value' | 'key'

/** A YAML file as plain data that still knows where each part of it stands. */
export interface YamlSource {
  /** Maps, lists, text, numbers, booleans and null; a tree without cycles. */
  readonly tree: unknown
  /** Where a path stands. A path that is not in the file stands where its nearest part does. */
  locate(path: KeyPath, spot: Spot): SourceLocation
  /** Keys that are given twice. The tree has their last value. */
  readonly mistakes: readonly UserError[]
}

/** Aliases may multiply a value by at most this, so that nested ones cannot fill the memory. */
const maxAliasCount = 100

/**
 * Reads YAML 1.2 with nothing but plain maps, lists and scalars in it.
 *
 * @param file - What the messages call the text.
 * @param needs - What an empty file is told to hold.
 * @throws UserError when the text is not YAML, is empty, is not a map, or uses tags, complex keys or circular aliases.
 */
export function readYaml(
  text: string,
  file: string,
  needs = 'a problem needs name, program, evaluator and objectives',
): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core' })
  const at = (offset: number, key?: string): SourceLocation => {
    const { line, col } = lines.linePos(offset)
    return key === undefined ? { file, line, column: col } : { file, line, column: col, key }
  }
  const broken = [...document.errors, ...document.warnings].find((error) => error.code !== 'DUPLICATE_KEY')
  if (broken !== undefined) throw new UserError(syntaxMessage(broken), at(broken.pos[0]))
  refuseOddities(document, at)
  const top = document.contents
  if (top === null || (isScalar(top) && top.value === null)) {
    throw new UserError(`the file is empty: ${needs}`, at(0))
  }
  if (!isMap(top)) throw new UserError('the file must be a map of keys such as name: and program:', at(offsetOf(top)))
  return {
    tree: plainData(document, at),
    locate: (path, spot) => at(offsetAt(document, path, spot), keyText(path)),
    mistakes: document.errors.map(({ pos }) => {
      const key = /^[^\s:,{}[\]]+/.exec(text.slice(pos[0]))?.[0] ?? 'this key'
      return new UserError('is given twice in the same map: keep one of them', at(pos[0], key))
    }),
  }
}

/** A path as people write it, for example `archive.axes[0].bins`. */
export function keyText(path: KeyPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}

function syntaxMessage(error: YAMLError): string {
  switch (error.code) {
    case 'MULTIPLE_DOCS':
      return 'the file holds several documents: a problem is one, so remove the line ---'
    case 'TAG_RESOLVE_FAILED':
      return `tags such as !name have no meaning here: remove it (${oneLine(error.message)})`
    case 'RESOURCE_EXHAUSTION':
      return 'the file is nested too deeply to be a problem'
    default:
      return `this is not YAML: ${oneLine(error.message)}`
  }
}

function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ').trim()
}

type Locator = (offset: number, key?: string) => SourceLocation

function refuseOddities(document: Document, at: Locator): void {
  visit(document, {
    Alias(_key, alias) {
      const target = alias.resolve(document)
      const place = offsetOf(alias)
      if (target === undefined) {
        throw new UserError(
          `*${alias.source} refers to nothing: put &${alias.source} before an earlier value`,
          at(place),
        )
      }
      const [start, end] = target.range ?? [0, 0]
      if (start <= place && place < end) {
        throw new UserError(`*${alias.source} lies inside the value it refers to: write the value out`, at(place))
      }
    },
    Node(_key, node) {
      if (!isAlias(node) && node.tag !== undefined && !coreTags.has(node.tag)) {
        throw new UserError('tags such as !!binary have no meaning here: remove it', at(offsetOf(node)))
      }
    },
    Pair(_key, { key }) {
      if (isScalar(key) && typeof key.value === 'string') return
      throw new UserError('a key must be plain text', at(offsetOf(key)))
    },
  })
}

const coreTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
)

function plainData(document: Document, at: Locator): unknown {
  try {
    return document.toJS({ maxAliasCount }) as unknown
  } catch (cause) {
    const first: { alias?: Alias } = {}
    visit(document, { Alias: (_key, alias) => ((first.alias = alias), visit.BREAK) })
    const message = `aliases multiply this file too far: write the values out (${oneLine(messageOf(cause))})`
    throw new UserError(message, at(offsetOf(first.alias)), { cause })
  }
}

/** Walks down a path as far as it exists and says where the last part stands. */
function offsetAt(document: Document, path: KeyPath, spot: Spot): number {
  let node: unknown = document.contents
  let key: unknown
  for (const part of path) {
    const inner = isAlias(node) ? node.resolve(document) : node
    const pair: Pair | undefined = isMap(inner)
      ? inner.items.find((item) => isScalar(item.key) && item.key.value === part)
      : undefined
    const item: unknown = isSeq(inner) && typeof part === 'number' ? inner.items[part] : undefined
    if (pair === undefined && item === undefined) return offsetOf(key ?? node)
    key = pair?.key
    node = pair === undefined ? item : pair.value
  }
  // A map or list in block style starts on a line of its own; its key says better where it is.
  const keyFirst = spot === 'key' || node === null || (isCollection(node) && node.flow !== true)
  return offsetOf(keyFirst ? (key ?? node) : node)
}

function offsetOf(node: unknown): number {
  return (node as Node | null | undefined)?.range?.[0] ?? 0
}
