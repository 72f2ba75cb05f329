import { spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
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
  expect(third.output).toMatch(/^circle-packing-c900-s1-\w{8}: finished before$/m)
  expect(third.output).not.toMatch(/starts|goes on/)
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

test('a problem that cannot be run here, or is slow, does not hold up the others, and its row says why', async () => {
  const problems = path.join(folder, 'problems')
  await mkdir(problems)
  await copyFile(path.join(root, 'starter/evaluator.ts'), path.join(problems, 'evaluator.ts'))
  await writeFile(path.join(problems, 'program.txt'), '# EVOLVE-BLOCK-START\n1\n# EVOLVE-BLOCK-END\n')
  const code = (body: string): string =>
    `// EVOLVE-BLOCK-START\nexport const place = (n) => {${body} return Array.from({ length: n }, (_, i) => [i / 10, 0.5]) }\n// EVOLVE-BLOCK-END\n`
  await writeFile(path.join(problems, 'quick.ts'), code(''))
  await writeFile(path.join(problems, 'c-slow.ts'), code('for (let i = 0; i < 15e8; i++) {}'))
  const yaml = (file: string, more = ''): string =>
    `name: ${path.parse(file).name}\ndescription: points\nprogram: { file: ${file}, entry: place }\nevaluator: evaluator.ts\nobjectives: [{ name: smallest_distance, direction: maximize }]\n${more}`
  await writeFile(path.join(problems, 'a-unreadable.yaml'), yaml('missing.ts'))
  await writeFile(
    path.join(problems, 'b-no-command.yaml'),
    yaml('program.txt', 'evaluation: { backend: process, command: [no-such-command-here] }\n'),
  )
  await writeFile(path.join(problems, 'c-slow.yaml'), yaml('c-slow.ts'))
  await writeFile(path.join(problems, 'd-quick.yaml'), yaml('quick.ts'))

  const args = ['--problems', problems, '--candidates', '30', '--wall', '3s']
  const { code: exit, output } = await suite(args)
  expect(exit).toBe(3)
  expect(output).toMatch(/^a-unreadable: not run: .*missing\.ts/m)
  const page = await readFile(path.join(folder, 'suite.md'), 'utf8')
  expect(page).toMatch(/^\| a-unreadable +\| +\| no run: [^|]*missing\.ts/m)
  expect(page).toMatch(/^\| b-no-command +\| higher +\| no run: [^|]*no-such-command-here/m)
  expect(page).toMatch(/^\| c-slow .*cut off after \d+ of 30 \|/m)
  expect(page).toMatch(/^\| d-quick +\| higher +\| [\d.]+ /m)
  expect(page).toMatch(/The load average at the ends of the runs was \d/)
  expect((await suite(args)).output).toMatch(/^c-slow-c30-s1-\w{8}: finished before$/m)
})
