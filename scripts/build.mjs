// Compiles src to dist and sets the run bit on the command, which the compiler drops. The new dist takes the old one's
// place in one step, so a command that is started meanwhile finds either of them whole.
import { execFileSync } from 'node:child_process'
import { chmodSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const [target, fresh, old] = ['', `.new-${process.pid}`, `.old-${process.pid}`].map((end) =>
  path.join(root, `dist${end}`),
)
try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], { cwd: root, stdio: 'inherit' })
  chmodSync(path.join(fresh, 'cli/main.js'), 0o755)
  try {
    renameSync(target, old)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  renameSync(fresh, target)
} finally {
  for (const left of [fresh, old]) rmSync(left, { recursive: true, force: true })
}
