import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rlGroupSchema } from '../../src/report/rl-group.ts'
import { openReadOnly } from '../../src/store/sqlite/read-only.ts'
import { startModelServer } from '../servers/model-server.ts'
import { ask, evolve, root } from './cli.ts'

let runs = ''
const here = () => ['--runs-dir', runs]

beforeAll(async () => {
  runs = await mkdtemp(path.join(tmpdir(), 'evolve-lineage-'))
  const server = await startModelServer(undefined)
  try {
    const env = { OPENAI_API_KEY: 'sk-local', OPENAI_BASE_URL: server.baseUrl, OPENAI_MODEL: 'local' }
    const problem = path.join(root, 'problems/circle-packing.yaml')
    // More than a model from the environment gets by itself, so that the number of candidates is what ends the run.
    const limits = ['--candidates', '40', '--tokens', '1000000']
    const run = await evolve([problem, ...limits, '--seed', '5', '--run', 'one', ...here()], { env })
    expect(run.code).toBe(0)
  } finally {
    await server.close()
  }
})
afterAll(() => rm(runs, { recursive: true, force: true }))

test('lineage goes from the first program to the best, and its deltas add up', async () => {
  const { code, stdout } = await evolve(['lineage', 'one', 'best', '--json', ...here()])
  expect(code).toBe(0)
  const { ancestors } = JSON.parse(stdout) as { ancestors: { ordinal: number; value: number; delta?: number }[] }
  expect(ancestors[0]).toMatchObject({ ordinal: 0 })
  const gained = ancestors.reduce((sum, { delta }) => sum + (delta ?? 0), ancestors[0]?.value ?? 0)
  expect(gained).toBeCloseTo(ancestors.at(-1)?.value ?? NaN, 9)
  expect((await evolve(['lineage', 'one', '0', ...here()])).stdout).toMatch(
    /^0 {2}[\d.]+ .*\n\nmade from 0: \d+\n {2}\d+ /,
  )
  expect((await evolve(['lineage', 'one', 'best', '--dot', ...here()])).stdout).toMatch(/^digraph lineage \{\n/)
  const wrong = await evolve(['lineage', 'one', '9999', ...here()])
  expect(wrong).toMatchObject({ code: 2, stderr: 'run one has no program 9999: they go from 0 to 40\n' })
})

test('a chain of differences applied to the first program gives the best one', async () => {
  const { stdout } = await evolve(['diff', 'one', '0', 'best', ...here()])
  expect(stdout).toBe((await evolve(['best', 'one', '--diff', ...here()])).stdout)
  expect((await evolve(['diff', 'one', '0', '0', ...here()])).stdout).toBe('')
})

test('every child has its change as hunks, and a verdict', async () => {
  const rows = await ask(
    runs,
    'one',
    `select (select count(*) from programs where ordinal > 0 and source_id is not null) as made,
       (select count(distinct ordinal) from hunks) as changed,
       (select count(*) from transitions) as transitions`,
  )
  expect(rows[0]?.['changed']).toBe(rows[0]?.['made'])
  expect(rows[0]?.['transitions']).toBe(40)
})

test('every query of the SQL guide is answered over a real run', async () => {
  const guide = await readFile(path.join(root, 'docs/sql.md'), 'utf8')
  const queries = Array.from(guide.matchAll(/^```sql\n([\s\S]*?)^```/gm), ([, query = '']) =>
    query.trim().replace(/;$/, ''),
  )
  expect(queries.length).toBeGreaterThan(30)
  const reader = openReadOnly(path.join(runs, 'one'))
  for (const query of queries) expect(reader.query(query).columns.length, query).toBeGreaterThan(0)
  reader.close()
})

test('the report is one file with the curve, the way to the best and the archive', async () => {
  const { code, stdout } = await evolve(['report', 'one', ...here()])
  expect(code).toBe(0)
  const page = await readFile(stdout.trim(), 'utf8')
  expect(page).toContain('<svg')
  expect(page).toContain('class="diff"')
  expect(page).toContain('Island 3')
  expect(page).not.toMatch(/https?:\/\/|<script/)
})

test('exports as JSON lines and CSV hold every program, transition and call', async () => {
  const [counts] = await ask(runs, 'one', 'select count(*) as calls from llm_calls')
  const lines = (await evolve(['export', 'one', ...here()])).stdout.trimEnd().split('\n')
  const types = lines.map((line) => (JSON.parse(line) as { type: string }).type)
  expect(types.filter((type) => type === 'program')).toHaveLength(41)
  expect(types.filter((type) => type === 'transition')).toHaveLength(40)
  expect(types.filter((type) => type === 'call')).toHaveLength(Number(counts?.['calls']))
  const file = path.join(runs, 'calls.csv')
  const written = await evolve(['export', 'one', '--format', 'csv', '--table', 'calls', '--out', file, ...here()])
  expect(written).toMatchObject({ code: 0, stdout: '' })
  expect(await readFile(file, 'utf8')).toMatch(/^id,ordinal,attempt,provider,model,/)
})

test.each(['prompt', 'parent'])(
  'groups for reinforcement learning by %s read back through their schema',
  async (by) => {
    const { code, stdout } = await evolve(['export', 'one', '--format', 'rl', '--group-by', by, ...here()])
    expect(code).toBe(0)
    const groups = stdout
      .trimEnd()
      .split('\n')
      .map((line) => rlGroupSchema.parse(JSON.parse(line)))
    const [asked] = await ask(
      runs,
      'one',
      "select count(distinct ordinal) as n from llm_calls where status = 'ok' and purpose = 'propose'",
    )
    expect(groups.flatMap(({ ordinals }) => ordinals).sort((a, b) => a - b)).toHaveLength(Number(asked?.['n']))
    for (const { advantages } of groups) {
      expect(Math.abs(advantages.reduce((sum, advantage) => sum + advantage, 0))).toBeLessThan(1e-12)
    }
    if (by === 'parent') expect(groups.some(({ completions }) => completions.length > 1)).toBe(true)
  },
)

test('a program with its score sheet is verified alone, and every change of the folder is noticed', async () => {
  const folder = path.join(runs, 'sheet')
  const exported = await evolve(['export', 'one', '--format', 'folder', '--out', folder, ...here()])
  expect(exported).toMatchObject({ code: 0, stdout: `${folder}\n`, stderr: '' })
  const moved = path.join(runs, 'moved')
  await rename(folder, moved)
  const verified = await evolve(['verify', moved])
  expect(verified).toMatchObject({ code: 0, stderr: '' })
  expect(verified.stdout).toMatch(
    /^sum_radii {2}stated ([\d.]+) {2}found \1 {2}equal\nverified: program \d+ of run one\n$/,
  )

  const sheet = JSON.parse(await readFile(path.join(moved, 'score.json'), 'utf8')) as Record<string, unknown>
  await writeFile(path.join(moved, 'score.json'), JSON.stringify({ ...sheet, objectives: { sum_radii: 3 } }))
  const wrong = await evolve(['verify', moved])
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('not verified: sum_radii is not what the sheet states')
  await writeFile(path.join(moved, 'program.ts'), 'export const pack = () => []\n')
  expect((await evolve(['verify', moved])).stderr).toContain('program.ts: is not the file that was exported')
  expect((await evolve(['verify', runs])).stderr).toContain('cannot read the score sheet')
  const again = await evolve(['export', 'one', '--format', 'folder', '--out', moved, ...here()])
  expect(again).toMatchObject({
    code: 2,
    stderr: `${moved} exists and is not an empty folder: name another with --out\n`,
  })
})
