import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { cutFunction } from '../../src/cli/init-from/cut-function.ts'
import { readingsOf } from '../../src/cli/init-from/fit-inputs.ts'
import { parameterSpecs } from '../../src/cli/init-from/parameter-specs.ts'
import { problemTexts } from '../../src/cli/init-from/problem-texts.ts'
import { schemaFrom } from '../../src/cli/new-folder.ts'

/** A function as people have them: quadratic where it need not be. */
const text = `/** How many pairs of values are further apart than a distance, and the largest distance. */
export function farPairs(values: number[], distance: number): { count: number; furthest: number } {
  let [count, furthest] = [0, 0]
  for (const one of values) {
    for (const other of values) {
      if (Math.abs(one - other) > distance) count = count + 0.5
      furthest = Math.max(furthest, Math.abs(one - other))
    }
  }
  return { count, furthest }
}
`

/** Writes the problem that `evolve init --from` makes of that function. @returns its YAML file. */
export function problemFromFunction(): string {
  const file = { shown: 'src/pairs.ts', text, extension: '.ts' } as const
  const cut = cutFunction(file, 'farPairs')
  const [specs = []] = readingsOf(parameterSpecs(file, cut))
  const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'evolve-from-')), 'made-from-function')
  mkdirSync(folder)
  const making = { name: 'made-from-function', file, cut, specs, tolerance: 0, timedLength: 200, batch: 16 }
  for (const [name, content] of problemTexts({ ...making, schema: schemaFrom(folder) })) {
    writeFileSync(path.join(folder, name), content)
  }
  return path.join(folder, 'problem.yaml')
}
