import { scoreText } from './numbers.ts'
import { printableLine } from './printable.ts'

/** A program in a line of descent. */
export interface Kin {
  readonly ordinal: number
  /** The program it was made from; `undefined` for the first one. */
  readonly parent: number | undefined
  readonly island: number
  readonly operator: string
  /** Raw value of the first objective; `undefined` unless it was placed. */
  readonly value: number | undefined
  /** Fitness gained over the parent; positive is better. `undefined` when either has none. */
  readonly delta: number | undefined
  /** Why it came to nothing; `undefined` unless it failed. */
  readonly failure: string | undefined
  /** What was changed, in one line. */
  readonly change: string
}

/** A program with where it came from and what came of it. */
export interface Descent {
  readonly program: number
  /** From the first program to the program itself. */
  readonly ancestors: readonly Kin[]
  /** Parents before their children. */
  readonly descendants: readonly Kin[]
  /** Descendants there are; more than are listed when only some were asked for. */
  readonly descendantCount: number
}

/**
 * Tells a program's descent line by line: the way from the first program to it, then everything that was made from it,
 * each indented under its parent.
 */
export function descentText({ program, ancestors, descendants, descendantCount }: Descent): string {
  const islands = new Map([...ancestors, ...descendants].map(({ ordinal, island }) => [ordinal, island]))
  const line = (kin: Kin, depth: number): string => `${'  '.repeat(depth)}${kinText(kin, islands)}`
  const lines = ancestors.map((kin, depth) => line(kin, Math.min(depth, 1)))
  lines.push('', `made from ${String(program)}: ${descendantCount === 0 ? 'nothing yet' : String(descendantCount)}`)
  const depths = new Map([[program, 0]])
  const children = Map.groupBy(descendants, ({ parent }) => parent)
  const walk = (parent: number): void => {
    for (const kin of children.get(parent) ?? []) {
      const depth = (depths.get(parent) ?? 0) + 1
      depths.set(kin.ordinal, depth)
      lines.push(line(kin, depth))
      walk(kin.ordinal)
    }
  }
  walk(program)
  if (descendants.length < descendantCount) {
    lines.push(`... and ${String(descendantCount - descendants.length)} more (--limit shows more)`)
  }
  return `${lines.join('\n')}\n`
}

/** Writes a program's descent as a graph for Graphviz: `dot -Tsvg`. */
export function descentDot({ program, ancestors, descendants }: Descent): string {
  const kin = [...ancestors, ...descendants]
  const nodes = kin.map(({ ordinal, value, failure, island }) => {
    const label = `${String(ordinal)}\n${failure ?? scoreText(value)}\nisland ${String(island)}`
    const style = ordinal === program ? ', penwidth=3' : ''
    return `  ${String(ordinal)} [label=${quoted(label)}, color=${failure === undefined ? 'black' : 'red'}${style}]`
  })
  const edges = kin.flatMap(({ ordinal, parent, operator, delta }) =>
    parent === undefined
      ? []
      : [
          `  ${String(parent)} -> ${String(ordinal)} [label=${quoted([operator, ...(delta === undefined ? [] : [deltaText(delta)])].join('\n'))}, ` +
            `color=${edgeColor(delta)}]`,
        ],
  )
  return ['digraph lineage {', '  node [shape=box, fontname="monospace"]', ...nodes, ...edges, '}', ''].join('\n')
}

/** A gain of fitness with its sign: `+0.25`, `-0.25`, `0`. */
export function deltaText(delta: number): string {
  return delta > 0 ? `+${String(delta)}` : String(delta)
}

function kinText(kin: Kin, islands: ReadonlyMap<number, number>): string {
  const { ordinal, parent, operator, value, delta, failure, change, island } = kin
  const from = parent === undefined ? undefined : islands.get(parent)
  const words = [
    String(ordinal),
    failure === undefined ? scoreText(value) : `failed: ${failure}`,
    ...(delta === undefined ? [] : [`(${deltaText(delta)})`]),
    operator,
    `island ${String(island)}`,
    ...(from === undefined || from === island ? [] : [`(its parent came from island ${String(from)})`]),
  ]
  return printableLine(`${words.join('  ')}${change === '' ? '' : `  ${change}`}`)
}

function edgeColor(delta: number | undefined): string {
  if (delta === undefined || delta === 0) return 'gray'
  return delta > 0 ? 'darkgreen' : 'red3'
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
