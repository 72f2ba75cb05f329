// Compiles src to dist and sets the run bit on the command, which the compiler drops. The new dist takes the old one's
// place in one step, so a command that is started meanwhile finds either of them whole.
import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const [target, fresh, old] = ['', `.new-${process.pid}`, `.old-${process.pid}`].map((end) =>
  path.join(root, `dist${end}`),
)
try {
  compile(fresh)
  chmodSync(path.join(fresh, 'cli/main.js'), 0o755)
  try {
    renameSync(target, old)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  renameSync(fresh, target)
} catch (error) {
  if (error.status === undefined) throw error
  console.error(`build: the compiler's messages are above; ${remedy(outdatedPackages())}`)
  process.exitCode = 1
} finally {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true })
}

function compile(outDir) {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir], {
    cwd: root,
    stdio: 'inherit',
  })
}

function remedy(outdated) {
  if (outdated.length === 0) return 'dist stays as it was'
  return `not installed as package-lock.json says: ${outdated.join(', ')}; run npm ci, then build again`
}

/** The packages whose installed version is missing or another than the lock file's; optional ones may be missing. */
function outdatedPackages() {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  return Object.entries(packages)
    .filter(([at, { optional }]) => at !== '' && optional !== true)
    .filter(([at, { version }]) => installedVersion(at) !== version)
    .map(([at]) => at.replace(/^.*node_modules\//, ''))
}

function installedVersion(at) {
  try {
    return JSON.parse(readFileSync(path.join(root, at, 'package.json'), 'utf8')).version
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
