import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from './e2e/cli.ts'

interface PackageJson {
  readonly scripts: Record<string, string>
  readonly dependencies: Record<string, string>
  readonly devDependencies: Record<string, string>
}

async function packageJson(): Promise<PackageJson> {
  return JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as PackageJson
}

async function textOf(folder: string, endings: RegExp): Promise<string> {
  const names = await readdir(path.join(root, folder), { recursive: true })
  const texts = names
    .filter((name) => endings.test(name))
    .map((name) => readFile(path.join(root, folder, name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}

test('every dependency is imported by the product, or offered to candidates by the docs', async () => {
  const offered = (await textOf('docs', /^problem-format\.md$/)).match(/imports: \[[^\]]+\]/g) ?? []
  const source = [await textOf('src', /\.ts$/), ...offered.map((list) => list.replace(/[[\], ]+/g, "'"))].join('\n')
  for (const name of Object.keys((await packageJson()).dependencies)) {
    // Not imported but run: the Node that npx finds first where the package is installed; see docs/architecture.md.
    if (name === 'node') continue
    expect(source, name).toMatch(new RegExp(`['"]${name}(/[^'"]*)?['"]`))
  }
})

test('every development dependency is used by a test, a script or a tool', async () => {
  const { scripts, devDependencies } = await packageJson()
  const commands = Object.values(scripts).join('\n')
  const tools = await textOf('scripts', /\.mjs$/)
  const configs = await Promise.all(
    ['eslint.config.js', 'vitest.config.ts', 'tsconfig.json'].map((name) => readFile(path.join(root, name), 'utf8')),
  )
  const text = [commands, tools, ...configs, await textOf('test', /\.ts$/)].join('\n')
  // What a package is called on the command line or in a config, where that is not its name.
  const known: Record<string, RegExp> = {
    'dependency-cruiser': /\bdepcruise\b/,
    '@types/node': /"types": \["node"\]/,
    '@types/better-sqlite3': /better-sqlite3/,
  }
  for (const name of Object.keys(devDependencies))
    expect(text, name).toMatch(known[name] ?? new RegExp(`\\b${name}\\b`))
})

test('the lock keeps npm from compiling better-sqlite3, and names no registry', async () => {
  const text = await readFile(path.join(root, 'package-lock.json'), 'utf8')
  const lock = JSON.parse(text) as { packages: Record<string, { gypfile?: boolean }> }
  // `npm install` drops this line, and `npm ci` would then run node-gyp. Put it back after every install.
  expect(lock.packages['node_modules/better-sqlite3']?.gypfile).toBe(false)
  expect(text).not.toContain('"resolved"')
})
