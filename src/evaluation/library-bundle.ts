import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { BuildFailure, BuildOptions, BuildResult, Message, Plugin } from 'esbuild'
import { InfrastructureError, UserError, UserErrors } from '../core/errors.ts'
import type { Library } from '../core/library.ts'
import { hashInputs } from './evaluator/input-hash.ts'

/** A library with the one module that candidates get for it. */
export interface LibraryBundle extends Library {
  /** An ES module that imports nothing. */
  readonly code: string
}

/**
 * Bundles the npm packages that a problem lets its candidates import, each into one module without imports.
 *
 * A package is looked for where the problem stands, then where evolve is installed. Time stands still for it: `Date.now()`
 * and `performance.now()` in its code are 0, because candidates have no clock.
 *
 * @param imports - `name` or `name@version` of each package.
 * @param problemFile - Absolute path of the problem's YAML.
 * @throws {@link UserError} or {@link UserErrors} for packages that are not installed, have another version or need Node.
 */
export async function bundleLibraries(
  imports: readonly string[],
  problemFile: string,
): Promise<readonly LibraryBundle[]> {
  const made = await Promise.allSettled(
    imports.map((wanted, index) =>
      bundleLibrary(wanted, path.dirname(problemFile), {
        file: problemFile,
        key: `program.imports[${String(index)}]`,
      }),
    ),
  )
  const reasons = made.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []))
  const broken = reasons.find((reason) => !(reason instanceof UserError))
  if (broken !== undefined) throw broken
  const errors = reasons.filter((reason) => reason instanceof UserError)
  const [first, ...rest] = errors
  if (first !== undefined) throw rest.length === 0 ? first : new UserErrors(errors)
  return made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
}

interface Place {
  readonly file: string
  readonly key: string
}

async function bundleLibrary(wanted: string, folder: string, place: Place): Promise<LibraryBundle> {
  const [, name = wanted, version] = /^(@?[^@]+)(?:@(.+))?$/.exec(wanted) ?? []
  if (isBuiltin(name)) {
    throw new UserError(`${name} is a module of Node, and candidates have no Node API: take it off the list`, place)
  }
  const result = await built(name, folder, place)
  const [output] = result.outputFiles
  const [meta] = Object.values(result.metafile.outputs)
  if (output === undefined || meta?.entryPoint === undefined) {
    throw new InfrastructureError(`nothing was bundled from the package ${name}`)
  }
  const fileOf = (input: string): string => path.resolve(folder, input.replace(/^evolve-library:/, ''))
  const found = versionOf(name, fileOf(meta.entryPoint))
  if (version !== undefined && version !== found) {
    const remedy = `npm install ${name}@${version}, or name the version that is there`
    throw new UserError(`the library ${name} is installed in version ${found}, not ${version}: ${remedy}`, place)
  }
  const { hash } = await hashInputs(meta.entryPoint, result.metafile.inputs, fileOf)
  return {
    name,
    version: found,
    exports: meta.exports.toSorted(),
    hash: createHash('sha256').update(`${name}@${found}\n${hash}`).digest('hex'),
    code: output.text,
  }
}

const options = {
  bundle: true,
  format: 'esm',
  // Also picks what packages offer to browsers, which is what gets by without Node.
  platform: 'browser',
  target: 'es2024',
  write: false,
  metafile: true,
  logLevel: 'silent',
  charset: 'utf8',
  legalComments: 'none',
  tsconfigRaw: '{}',
  banner: { js: 'const __evolveNoTime = () => 0;' },
  define: {
    'Date.now': '__evolveNoTime',
    'performance.now': '__evolveNoTime',
    'process.env.NODE_ENV': '"production"',
  },
} satisfies BuildOptions

async function built(name: string, folder: string, place: Place): Promise<BuildResult<typeof options>> {
  try {
    return await build({
      ...options,
      entryPoints: ['evolve-library'],
      absWorkingDir: folder,
      outfile: path.resolve(folder, 'library.mjs'),
      plugins: [packageEntry(name, [folder, path.dirname(fileURLToPath(import.meta.url))])],
    })
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>
    const [first] = errors ?? []
    if (first === undefined) throw error
    throw new UserError(reasonOf(name, first), place)
  }
}

/** Makes the package itself the entry point, so that its exports are the bundle's, found from the first folder that has it. */
function packageEntry(name: string, folders: readonly string[]): Plugin {
  return {
    name: 'evolve-library-entry',
    setup(builder) {
      builder.onResolve({ filter: /^evolve-library$/ }, async () => {
        for (const resolveDir of folders) {
          const found = await builder.resolve(name, { resolveDir, kind: 'import-statement' })
          if (found.errors.length === 0) return { path: found.path }
        }
        return { errors: [{ text: notInstalled }] }
      })
    },
  }
}

const notInstalled = 'not installed'

function reasonOf(name: string, { text, location }: Message): string {
  if (text === notInstalled) return `the library ${name} is not installed: npm install ${name} beside the problem`
  const missing = /^Could not resolve "([^"]+)"/.exec(text)?.[1]
  if (missing !== undefined && isBuiltin(missing)) {
    const where = location === null ? '' : ` (imported by ${location.file})`
    return `the library ${name} needs Node's ${missing}${where}: candidates have no Node API, so choose a library in plain JavaScript`
  }
  const told = text.replaceAll(/\s+/g, ' ')
  return `the library ${name} cannot be bundled: ${told}${location === null ? '' : ` (${location.file}:${String(location.line)})`}`
}

/** The version in the package.json that belongs to a file of a package. */
function versionOf(name: string, file: string): string {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json')
    if (existsSync(manifest)) {
      const read = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: unknown; readonly version?: unknown }
      if (read.name === name && typeof read.version === 'string') return read.version
    }
    if (folder === path.dirname(folder)) throw new InfrastructureError(`no package.json of ${name} above ${file}`)
  }
}
