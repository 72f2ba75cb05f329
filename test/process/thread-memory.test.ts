import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

// V8 may abort the whole process before it can end the thread; docs/security.md says what was seen.
test('a trusted thread that runs out of memory is replaced', { retry: 3 }, async () => {
  const script = path.join(import.meta.dirname, 'hungry-evaluator.ts')
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', script])
  expect(JSON.parse(stdout)).toEqual({
    hungry: expect.stringMatching(/^a trusted thread failed at score: .*memory/) as string,
    next: 'ended',
  })
})
