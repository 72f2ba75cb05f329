import type { CandidateFailure } from '../../core/failure.ts'
import { importedFile } from '../../core/program-files.ts'
import type { ProgramFile } from '../../core/program-files.ts'
import type { SyntaxNode } from '../../syntax/node.ts'
import { exportedNames, exportsAllOfAnother, importsOf } from '../../syntax/parse.ts'
import type { CandidateModule, ModuleGraph } from '../backend.ts'
import { stripTypes } from './strip-types.ts'

/** The modules of a program, or the import that leads nowhere and the construct that cannot be stripped. */
export type Linked =
  | { readonly ok: true; readonly code: string; readonly graph: ModuleGraph }
  | { readonly ok: false; readonly failure: CandidateFailure }

/**
 * Strips every file of a program of several files and finds the file that each of its relative imports means.
 *
 * @param files - At least one; the first exports the entry.
 * @param trees - The Program node of each, in the same order.
 */
export function linkFiles(files: readonly ProgramFile[], trees: readonly SyntaxNode[]): Linked {
  const paths = files.map(({ path }) => path)
  const graph: CandidateModule[] = []
  for (const [index, { path, text }] of files.entries()) {
    const tree = trees[index]
    const imports: Record<string, string> = {}
    for (const { specifier, names, line } of tree === undefined ? [] : importsOf(tree)) {
      if (!specifier.startsWith('.')) continue
      const found = importedFile(path, specifier, paths)
      if (found === undefined) {
        const message = `imports '${specifier}', which is none of the program's files ${paths.join(', ')}`
        return { ok: false, failure: { kind: 'syntax', message, file: path, line } }
      }
      const target = trees[paths.indexOf(found)]
      const absent = target === undefined ? undefined : notExported(names, target)
      if (absent !== undefined) {
        const message = `imports ${absent} from '${specifier}', which exports no such value; a type needs \`import type\``
        return { ok: false, failure: { kind: 'syntax', message, file: path, line } }
      }
      imports[specifier] = found
    }
    const stripped = stripTypes(text)
    if (!stripped.ok) return { ok: false, failure: { ...stripped.failure, file: path } }
    graph.push({ path, code: stripped.code, imports })
  }
  return { ok: true, code: graph[0]?.code ?? '', graph }
}

function notExported(names: readonly string[], target: SyntaxNode): string | undefined {
  if (exportsAllOfAnother(target)) return undefined
  const exported = exportedNames({ root: target })
  return names.find((name) => !exported.includes(name))
}
