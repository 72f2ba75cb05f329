import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './cli.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evolve-suite-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs the suite in the folder; `stopAt` interrupts it as soon as its output matches. */
async function suite(args: readonly string[], stopAt?: RegExp): Promise<{ code: number | null; output: string }> {
  const out = ['--runs-dir', path.join(folder, 'runs'), '--out', path.join(folder, 'suite.md')]
  const child = spawn(process.execPath, [path.join(root, 'bench/suite.ts'), ...args, ...out], {
    cwd: root,
    detached: true,
  })
  let [output, stopped] = ['', false]
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (stopAt?.test(output) !== true || stopped) return
      stopped = true
      // As Ctrl+C does: to the suite and the run it started.
      setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGINT'), 2000)
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, output }
}

test('an interrupted suite goes on with the run that it had begun, and runs nothing twice', async () => {
  const args = ['--only', 'circle-packing', '--candidates', '900', '--seeds', '1']
  const first = await suite(args, /starts/)
  expect(first.output).toContain('the same command goes on')
  expect(first.code).toBe(130)

  const second = await suite(args)
  expect(second.output).toMatch(/circle-packing-c900-s1-\w{8}: goes on/)
  expect(second.code).toBe(0)
  const page = await readFile(path.join(folder, 'suite.md'), 'utf8')
  expect(page).toContain('1 of 1 problems improved on their first program')
  expect(page).toMatch(
    /\| circle-packing \| higher +\| 0\.9670913002 +\| 2\.541421 \| [\d.]+ +\| 2\.635983085 +\| -?[\d.]+ %/,
  )

  const third = await suite(args)
  expect(third.output).toMatch(/^circle-packing-c900-s1-\w{8}: finished before\n$/)
  expect(await readFile(path.join(folder, 'suite.md'), 'utf8')).toBe(page)
})

test('an unknown problem or a bad number is one line', async () => {
  expect(await suite(['--only', 'circel-packing'])).toMatchObject({
    code: 2,
    output: expect.stringMatching(
      /^suite: no problem circel-packing; there are [^\n]*circle-packing[^\n]*\n$/,
    ) as string,
  })
  expect((await suite(['--seeds', '0'])).output).toBe('suite: --candidates and --seeds are whole numbers from 1\n')
})
