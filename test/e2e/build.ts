import { execFileSync } from 'node:child_process'
import path from 'node:path'

/** Builds the command once before the tests, so that they never try an old one. */
export function setup(): void {
  // For one file of pure units while working on it; the whole suite always builds.
  if (process.env['EVOLVE_TEST_SKIP_BUILD'] === '1') return
  const root = path.resolve(import.meta.dirname, '../..')
  execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'inherit' })
}
