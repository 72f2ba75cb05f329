import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { namedFiles } from '../../../src/evaluation/process/named-files.ts'

test('names the files beside the problem that its commands mention, and neither folders nor what is shipped', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evolve-named-'))
  try {
    for (const file of ['runner.py', 'make.sh', 'python3']) writeFileSync(path.join(folder, file), '')
    mkdirSync(path.join(folder, 'data'))
    const build = { command: ['sh', 'make.sh', '{build}'], timeMs: 1, memoryBytes: 1 }
    const command = ['python3', 'runner.py', '{program}', 'data', 'absent.py', '{node}', '{runner}']
    expect(namedFiles({ command, build }, folder)).toEqual(
      ['runner.py', 'make.sh'].map((file) => path.join(folder, file)),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
