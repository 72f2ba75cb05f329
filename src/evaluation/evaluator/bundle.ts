import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { BuildFailure, BuildOptions, BuildResult, Message, Plugin } from 'esbuild'
import { InfrastructureError, messageOf, UserError, UserErrors } from '../../core/errors.ts'
import { hashInputs } from './input-hash.ts'

/** An evaluator ready to be loaded by a worker thread. */
export interface EvaluatorBundle {
  /** Absolute path of one `.mjs` file that needs nothing but this package and Node. */
  readonly file: string
  /** SHA-256 over the evaluator's own files, hexadecimal; the same wherever the folder stands. */
  readonly hash: string
  /** Absolute paths of those files, the evaluator first. */
  readonly inputs: readonly string[]
}

/**
 * Bundles a user's evaluator, its relative imports and its npm packages into one module.
 *
 * `evolve-agent` and `zod` always mean this package and its zod, even where no node_modules is in reach. Stack traces
 * of the bundle name the original files and lines. `import.meta.url`, `dirname` and `filename` keep their meaning.
 * What an evaluator reads from disk at run time is not in the hash; import JSON instead.
 *
 * @param file - The evaluator, `.ts` or `.js` in any of their spellings.
 * @param outDir - Where the bundle is written; made when missing.
 * @throws {@link UserError} or {@link UserErrors} when the file is missing, does not parse, imports what cannot be
 * found, or has no default export.
 * @throws {@link InfrastructureError} when the bundle cannot be written.
 */
export async function bundleEvaluator(file: string, outDir: string): Promise<EvaluatorBundle> {
  const entry = path.resolve(file)
  await mustBeFile(entry)
  const result = await bundled(entry, outDir)
  const [output] = result.outputFiles
  const [meta] = Object.values(result.metafile.outputs)
  if (output === undefined || meta === undefined) throw new InfrastructureError(`nothing was bundled from ${entry}`)
  if (!meta.exports.includes('default')) {
    throw new UserError('the evaluator has no default export: write `export default defineEvaluator({ ... })`', {
      file: entry,
    })
  }
  const root = path.dirname(entry)
  const fileOf = (name: string): string => path.resolve(root, name)
  const { hash, files } = await hashInputs(meta.entryPoint ?? path.basename(entry), result.metafile.inputs, fileOf)
  return { file: await written(outDir, hash, output.contents), hash, inputs: files }
}

async function mustBeFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() === true) return
  throw new UserError(
    found === undefined
      ? 'the evaluator file does not exist: create it or correct `evaluator:` in the problem'
      : 'the evaluator is not a file: name a .ts or .js file under `evaluator:` in the problem',
    { file },
  )
}

const options = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  write: false,
  metafile: true,
  sourcemap: 'inline',
  sourcesContent: false,
  logLevel: 'silent',
  // A tsconfig beside the evaluator could change the bundle without changing its hash.
  tsconfigRaw: '{}',
  define: {
    'import.meta.url': '__evolve_url',
    'import.meta.filename': '__evolve_filename',
    'import.meta.dirname': '__evolve_dirname',
  },
} satisfies BuildOptions

async function bundled(entry: string, outDir: string): Promise<BuildResult<typeof options>> {
  try {
    return await build({
      ...options,
      entryPoints: [entry],
      absWorkingDir: path.dirname(entry),
      // Not written by the bundler, but the source map's paths start from here.
      outfile: path.resolve(outDir, 'evaluator.mjs'),
      plugins: [ownPackage, ownPlace],
      banner: { js: requireFor(entry) },
    })
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>
    if (!Array.isArray(errors) || errors.length === 0) throw error
    const found = errors.map((message) => userError(message, entry))
    const [only] = found
    throw found.length === 1 && only !== undefined ? only : new UserErrors(found)
  }
}

/** CommonJS packages inside the bundle ask for `require`; it looks where the evaluator would look. */
function requireFor(entry: string): string {
  const from = JSON.stringify(pathToFileURL(entry).href)
  return `import { createRequire as __evolveCreateRequire } from 'node:module'; const require = __evolveCreateRequire(${from});`
}

/** Resolves `evolve-agent` and `zod` to this package's own files, left outside the bundle and so outside the hash. */
const ownPackage: Plugin = {
  name: 'evolve-own-package',
  setup(builder) {
    const extension = path.extname(fileURLToPath(import.meta.url))
    const index = new URL(`../../index${extension}`, import.meta.url).href
    builder.onResolve({ filter: /^evolve-agent$/ }, () => ({ path: index, external: true }))
    builder.onResolve({ filter: /^zod(\/|$)/ }, ({ path: name }) => ({
      path: import.meta.resolve(name),
      external: true,
    }))
  },
}

const loaders = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.js': 'js', '.mjs': 'js', '.cjs': 'js' } as const

/** Lets `import.meta` name the original file, so that data beside an evaluator is found. */
const ownPlace: Plugin = {
  name: 'evolve-own-place',
  setup(builder) {
    builder.onLoad({ filter: /\.[cm]?[jt]s$/, namespace: 'file' }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8')
      if (!/\bimport\s*\.\s*meta\b/.test(text)) return undefined
      const constants = Object.entries({
        __evolve_url: pathToFileURL(file).href,
        __evolve_filename: file,
        __evolve_dirname: path.dirname(file),
      }).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`)
      const loader = loaders[path.extname(file) as keyof typeof loaders]
      // On the first line, so that every later line keeps its number.
      return { contents: `${constants.join(' ')} ${text}`, loader }
    })
  },
}

function userError(message: Message, entry: string): UserError {
  const { location } = message
  const text = message.text.replaceAll(/\s+/g, ' ')
  const remedy = text.startsWith('Could not resolve')
    ? 'correct the import, or install the package beside the evaluator'
    : 'correct the evaluator'
  if (location === null) return new UserError(`${text}: ${remedy}`, { file: entry })
  return new UserError(`${text}: ${remedy}`, {
    file: path.resolve(path.dirname(entry), location.file),
    line: location.line,
    column: location.column + 1,
  })
}

async function written(outDir: string, hash: string, contents: Uint8Array): Promise<string> {
  const file = path.resolve(outDir, `evaluator-${hash.slice(0, 12)}.mjs`)
  try {
    await mkdir(outDir, { recursive: true })
    // Two runs may write the same name: a rename never shows half a file.
    const draft = `${file}.${String(process.pid)}.tmp`
    await writeFile(draft, contents)
    await rename(draft, file)
    return file
  } catch (error) {
    throw new InfrastructureError(`the evaluator's bundle could not be written to ${outDir}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
