import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** What a bundler read: for every file its imports in the order they stand in it. Keys are paths. */
export interface InputGraph {
  readonly [path: string]: { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }
}

/**
 * Hashes the text of every input file, the entry first and the rest in the order it is imported.
 *
 * Paths do not count: a folder that moves keeps its hash. Which file is imported where does count, through the order.
 *
 * @returns SHA-256 in hexadecimal, 64 characters, and the files in that order.
 */
export async function hashInputs(
  entry: string,
  graph: InputGraph,
  fileOf: (path: string) => string,
): Promise<{ readonly hash: string; readonly files: readonly string[] }> {
  const files = importOrder(entry, graph).map(fileOf)
  const hash = createHash('sha256')
  for (const file of files) {
    const text = await readFile(file)
    // The length keeps two files apart from one file that holds both texts.
    hash.update(`${String(text.length)}\n`).update(text)
  }
  return { hash: hash.digest('hex'), files }
}

function importOrder(entry: string, graph: InputGraph): string[] {
  const seen = new Set<string>()
  const waiting = [entry]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const node = graph[path]
    if (seen.has(path) || node === undefined) continue
    seen.add(path)
    const imported = node.imports.filter(({ external }) => external !== true).map((each) => each.path)
    waiting.push(...imported.toReversed())
  }
  return [...seen]
}
