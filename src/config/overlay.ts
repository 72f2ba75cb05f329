import { UserError } from '../core/errors.ts'
import { isTree, valueAt } from './environment.ts'
import { readText, unreadable } from './first-program.ts'
import { readYaml } from './yaml-source.ts'
import type { KeyPath, YamlSource } from './yaml-source.ts'

/** Sections of a problem that an overlay file may change: how to search, never what to solve. */
const sections: readonly string[] = ['search', 'archive', 'llm', 'pipeline', 'curriculum']

/** Maps that count as one value: whatever the overlay leaves out of them is gone. */
const wholes: readonly string[] = ['search.operators', 'budget']

/** Keys that are laid over a problem's own, and where a mistake in them stands. */
export type Overlay = Pick<YamlSource, 'tree' | 'locate' | 'mistakes'>

/**
 * Reads an overlay: a YAML file with some of the keys `search`, `archive`, `llm`, `pipeline` and `curriculum` of a problem.
 *
 * @throws UserError when it cannot be read, is not YAML, or has another key at its top.
 */
export function readOverlay(file: string): Overlay {
  const reason = unreadable(file)
  if (reason !== undefined) throw new UserError(`cannot read the arm ${file}: ${reason}`)
  const yaml = readYaml(
    readText(file, { file }),
    file,
    'an arm has some of search, archive, llm, pipeline and curriculum',
  )
  for (const key of isTree(yaml.tree) ? Object.keys(yaml.tree) : []) {
    if (sections.includes(key)) continue
    const message =
      'cannot differ between arms: an arm may have search, archive, llm, pipeline and curriculum; remove it'
    throw new UserError(message, yaml.locate([key], 'key'))
  }
  return yaml
}

/** An overlay that no file holds. */
export function overlayOf(tree: Readonly<Record<string, unknown>>, label: string): Overlay {
  return { tree, locate: () => ({ file: label }), mistakes: [] }
}

/**
 * Lays overlays over a problem, each over the ones before it: maps are merged, everything else is replaced.
 *
 * `search.operators` and `budget` are replaced as a whole, because an operator or a limit that is left out is off.
 */
export function overlaid(problem: YamlSource, overlays: readonly Overlay[]): YamlSource {
  return {
    tree: overlays.reduce<unknown>((tree, overlay) => merged(tree, overlay.tree, []), problem.tree),
    locate: (path, spot) => {
      const origin = overlays.findLast(({ tree }) => reaches(tree, path))
      return (origin ?? problem).locate(path, spot)
    },
    mistakes: [problem, ...overlays].flatMap(({ mistakes }) => mistakes),
  }
}

function merged(below: unknown, above: unknown, path: KeyPath): unknown {
  if (!isTree(below) || !isTree(above) || wholes.includes(path.join('.'))) return above
  const result: Record<string, unknown> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    result[key] = Object.hasOwn(below, key) ? merged(below[key], value, [...path, key]) : value
  }
  return result
}

/** Whether a tree has the value at a path, or something above it that is no map and so hides what lay below. */
function reaches(tree: unknown, path: KeyPath): boolean {
  return path.every((_, index) => {
    const outer = valueAt(tree, path.slice(0, index))
    return outer !== undefined && (!isTree(outer) || Object.hasOwn(outer, String(path[index])))
  })
}
