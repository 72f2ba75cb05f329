// Measures what questions cost a run of 10,000 programs: `npm run bench -- lineage [folder of a run]`. Every query of docs/sql.md
// is asked three times, and the ancestry of programs spread over the run; the figures are medians in milliseconds.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { askRows } from '../src/store/ask-rows.ts'
import { openReadOnly } from '../src/store/sqlite/read-only.ts'

const root = path.resolve(import.meta.dirname, '..')
const candidates = 10_000

/** Measures a run's questions; without a folder it makes the run first. */
export function measureLineage(given: string | undefined): void {
  const scratch = mkdtempSync(path.join(tmpdir(), 'evolve-bench-'))
  try {
    const dir = given ?? makeRun(scratch)
    const reader = openReadOnly(dir)
    const timed = (sql: string, parameters: readonly number[] = []): number => {
      const times = [1, 2, 3].map(() => {
        const started = performance.now()
        reader.query(sql, parameters)
        return performance.now() - started
      })
      return times.toSorted((one, other) => one - other)[1] ?? Number.NaN
    }
    const [{ programs, deepest } = {}] = askRows(
      reader,
      'SELECT count(*) AS programs, max(generation) AS deepest FROM programs',
    )
    console.log(`${String(programs)} programs, the deepest of generation ${String(deepest)}`)
    const last = Number(programs) - 1
    const ancestry = Array.from({ length: 100 }, (_, index) =>
      timed('SELECT * FROM ancestors WHERE program = ?', [Math.round((last * index) / 99)]),
    )
    const examples = queriesOf(readFileSync(path.join(root, 'docs/sql.md'), 'utf8'))
      .map((sql) => ({ sql: sql.replaceAll(/\s+/g, ' ').trim(), ms: timed(sql) }))
      .sort((one, other) => other.ms - one.ms)
    console.log(
      `ancestry of 100 programs    median ${median(ancestry)} ms, longest ${Math.max(...ancestry).toFixed(2)} ms`,
    )
    console.log(`${String(examples.length)} queries of docs/sql.md     longest ${(examples[0]?.ms ?? 0).toFixed(2)} ms`)
    for (const { sql, ms } of examples.slice(0, 5))
      console.log(`  ${ms.toFixed(2).padStart(8)} ms  ${sql.slice(0, 110)}`)
    reader.close()
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function makeRun(runs: string): string {
  execFileSync(
    process.execPath,
    [
      path.join(root, 'dist/cli/main.js'),
      path.join(root, 'problems/circle-packing.yaml'),
      ...[
        '--no-llm',
        '--json',
        '--candidates',
        String(candidates),
        '--seed',
        '1',
        '--run',
        'bench',
        '--runs-dir',
        runs,
      ],
    ],
    { stdio: 'ignore' },
  )
  return path.join(runs, 'bench')
}

function queriesOf(guide: string): readonly string[] {
  return Array.from(guide.matchAll(/^```sql\n([\s\S]*?)^```/gm), ([, query = '']) => query.trim().replace(/;$/, ''))
}

function median(values: readonly number[]): string {
  return (values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN).toFixed(2)
}
