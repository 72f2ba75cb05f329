import { parseEvolveBlocks } from './evolve-block.ts'
import type { Dialect } from './dialect.ts'
import type { PythonOutline } from './python-outline.ts'
import { pythonOutline } from './python-outline.ts'

/** What every Python program may use though nothing binds it, as far as edits bring it in. */
const builtins: ReadonlySet<string> = new Set(['min', 'max', 'abs'])

/**
 * Python. A child has no more places that the grammar does not know than its parent, keeps the functions at the top of
 * its file, and reads no name that is neither bound where it stands nor unbound in its parent too.
 */
export const pythonDialect: Dialect<PythonOutline> = {
  read: pythonOutline,
  whyUnreadable: (source) => {
    const marked = parseEvolveBlocks(source, '#')
    return marked.ok
      ? { kind: 'syntax', message: 'the code cannot be read' }
      : { kind: 'outside-evolve-block', message: `line ${marked.line}: ${marked.message}` }
  },
  isValid: (source, parent) => {
    const child = pythonOutline(source)
    if (child === undefined || child.errors > parent.errors) return false
    if (!parent.defined.every((name) => child.defined.includes(name))) return false
    return [...child.unbound].every((name) => parent.unbound.has(name) || builtins.has(name))
  },
}
