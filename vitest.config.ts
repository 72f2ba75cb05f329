import { availableParallelism } from 'node:os'
import path from 'node:path'
import { defineConfig } from 'vitest/config'

const report = process.env['EVOLVE_TEST_REPORT']

export default defineConfig({
  resolve: { alias: { 'evolve-agent': path.resolve(import.meta.dirname, 'src/index.ts') } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/e2e/build.ts'],
    pool: 'forks',
    // By default a machine with two cores would run one file at a time, and most files wait for other processes.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ['--no-node-snapshot'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // CI reads its closing line from this report.
    ...(report === undefined ? {} : { reporters: ['default', ['json', { outputFile: report }]] }),
  },
})
