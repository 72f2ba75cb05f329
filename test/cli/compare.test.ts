import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareVerb } from '../../src/cli/compare.ts'
import { reportError } from '../../src/cli/exit.ts'
import { CapturedOutput } from '../report/captured-output.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-compare-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The one line that a comparison ends with, told without anything having been run. */
async function mistake(...args: readonly string[]): Promise<string> {
  const flags = Object.fromEntries(
    args.flatMap((arg, index) => (arg.startsWith('--') ? [[arg.slice(2), args[index + 1]]] : [])),
  )
  const io = { out: new CapturedOutput(), err: new CapturedOutput(), env: {}, onInterrupt: () => () => undefined }
  const failed = await compareVerb(io, 'problems/circle-packing.yaml', { ...flags, runsDir: folder }).then(
    () => undefined,
    (error: unknown) => reportError(error, false),
  )
  expect(failed).toMatchObject({ code: 2 })
  expect(failed?.lines).toHaveLength(1)
  return failed?.lines[0] ?? ''
}

describe('what cannot be compared is one line with its remedy', () => {
  const cases: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['--arms', 'evolve,gredy'], /"gredy".*did you mean greedy/],
    [['--arms', 'evolve'], /two arms or more/],
    [['--arms', 'iid,iid'], /two arms named iid/],
    [['--budget', 'hours=3'], /candidates=N, tokens=N or usd=X/],
    [['--budget', 'candidates=1.5'], /candidates=N/],
    [['--budget', 'tokens=5000'], /arm evolve asks no model.*candidates=2000/],
    [['--name', '../x'], /cannot name a comparison/],
  ]
  test.each(cases)('%j', async (args, message) => {
    expect(await mistake(...args)).toMatch(message)
  })

  test('a mistake in an arm is told with file and line', async () => {
    const arm = path.join(folder, 'wide.yaml')
    await writeFile(arm, 'archive:\n  islandz: 8\n')
    expect(await mistake('--arms', `evolve,${arm}`)).toMatch(/wide\.yaml:2:3 archive\.islandz: .*islands/)
  })
})
