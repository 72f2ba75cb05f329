import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('docs/problems.md says what the YAML files of the problems say', async () => {
  const script = path.resolve(import.meta.dirname, '../../scripts/problems.mjs')
  const { stderr } = await promisify(execFile)(process.execPath, [script, '--check'])
  expect(stderr).toBe('')
})
