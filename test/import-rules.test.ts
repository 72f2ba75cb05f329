import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile, cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
let folder = ''

/** One planted violation per rule: the file, what it imports, and the rule that must name it. */
const planted: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ['core/planted.ts', 'node:fs', 'core-imports-nothing'],
  ['core/planted-room.ts', '../archive/room.ts', 'core-imports-nothing'],
  ['archive/planted.ts', 'node:crypto', 'archive-is-pure'],
  ['selection/planted.ts', '../archive/room.ts', 'selection-is-pure'],
  ['prompting/planted.ts', 'zod', 'prompting-is-pure'],
  ['variation/planted.ts', '../llm/room.ts', 'variation-is-pure'],
  ['descriptors/planted.ts', 'node:os', 'descriptors-is-pure'],
  ['pipeline/planted.ts', 'node:crypto', 'pipeline-is-pure'],
  ['syntax/planted.ts', 'node:fs', 'syntax-is-pure'],
  ['insights/planted.ts', '../store/sqlite/room.ts', 'insights-know-no-store'],
  ['run/planted.ts', '../store/sqlite/room.ts', 'run-knows-no-adapter'],
  ['run/planted-npm.ts', 'zod', 'run-knows-no-adapter'],
  ['report/planted.ts', 'better-sqlite3', 'sqlite-only-in-its-adapter'],
  ['llm/planted.ts', 'openai', 'sdk-only-in-its-adapter'],
  ['stages/planted.ts', 'isolated-vm', 'isolated-vm-only-in-the-host'],
  ['stages/planted-compose.ts', '../compose/room.ts', 'only-cli-calls-compose'],
  ['report/planted-store.ts', '../store/sqlite/room.ts', 'only-compose-knows-adapters'],
  ['config/planted.ts', '../cli/room.ts', 'nobody-imports-cli'],
  ['config/planted-dev.ts', 'fast-check', 'no-dev-dependency-at-run-time'],
  ['config/planted-unresolved.ts', './nowhere.ts', 'no-unresolved'],
  ['pipeline/a.ts', './b.ts', 'no-cycles'],
  ['llm/planted-second.ts', '@anthropic-ai/sdk', 'sdk-only-in-its-adapter'],
]

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}
let violations: readonly Violation[] = []

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-import-rules-'))
  for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
    await cp(path.join(root, file), path.join(folder, file))
  }
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  const rooms = ['archive/room.ts', 'llm/room.ts', 'store/sqlite/room.ts', 'cli/room.ts', 'compose/room.ts']
  const sources = [
    ['pipeline/b.ts', "import * as x from './a.ts'\nexport const y = x\n"] as const,
    ...rooms.map((file) => [file, 'export const here = 1\n'] as const),
    ...planted.map(([file, imported]) => [file, `import * as x from '${imported}'\nexport const y = x\n`] as const),
  ]
  for (const [file, text] of sources) {
    const target = path.join(folder, 'src', file)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, text)
  }
  const depcruise = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const output = await promisify(execFile)(
    process.execPath,
    [depcruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'],
    { cwd: folder, maxBuffer: 64e6 },
  ).catch((error: unknown) => error as { stdout: string })
  violations = (JSON.parse(output.stdout) as { summary: { violations: Violation[] } }).summary.violations
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test.each(planted)('src/%s importing %s breaks the rule %s', (file, _imported, rule) => {
  const broken = violations.filter(({ from }) => from === `src/${file}`).map((violation) => violation.rule.name)
  expect(broken).toContain(rule)
})
