import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { loadProblem } from '../../src/config/load.ts'
import { overlayOf, readOverlay } from '../../src/config/overlay.ts'
import { goodHead, known, mistakesOf, problemFolder } from './problem-folder.ts'

const { folder, write } = problemFolder()
const problem = write(
  'problem.yaml',
  `${goodHead}search: { sampler: rank, concurrency: 3, operators: { diff: 6, perturb: 1 } }
archive: { islands: 2 }
budget: { candidates: 10, usd: 3 }
`,
)
const overlay = (text: string) => {
  const file = path.join(folder, 'arm.yaml')
  writeFileSync(file, text)
  return readOverlay(file)
}
const load = (...overlays: ReturnType<typeof overlay>[]) => loadProblem(problem, { env: {}, known, overlays })

test('maps are merged, other values replaced, later overlays win', () => {
  const loaded = load(
    overlay('search: { sampler: iid }\narchive: { migration: { interval: 7 } }\n'),
    overlayOf({ archive: { islands: 5 } }, 'built in'),
  )
  expect(loaded.problem.search).toMatchObject({ sampler: 'iid', concurrency: 3 })
  expect(loaded.problem.archive).toMatchObject({ islands: 5, migration: { interval: 7 } })
  expect(loadProblem(problem, { env: {}, known }).problem.archive.islands).toBe(2)
})

test('operators and budget are replaced as a whole: what is left out is off', () => {
  const loaded = load(overlay('search: { operators: { rewrite: 1 } }\n'), overlayOf({ budget: { tokens: 5 } }, 'x'))
  expect(loaded.problem.search.operators).toEqual({ rewrite: 1 })
  expect(loaded.problem.budget).toMatchObject({ usd: undefined, tokens: 5 })
})

test('the effective config has the overlays in it', () => {
  expect(load(overlay('search: { sampler: iid }\n')).effective).toContain('sampler: iid')
})

test('a mistake is told with the place in the file that it was made in', () => {
  expect(mistakesOf(() => load(overlay('search:\n  samplr: iid\n')))).toEqual([
    expect.stringMatching(/^2:3 search\.samplr: .*sampler/),
  ])
  expect(mistakesOf(() => load(overlay('archive:\n  islands: 0\n')))).toEqual([
    expect.stringMatching(/^2:12 archive\.islands: /),
  ])
  // The overlay names the section, the mistake is the problem's own.
  const broken = write('broken.yaml', `${goodHead}search: { concurrency: 0 }\n`)
  const loading = () => loadProblem(broken, { env: {}, known, overlays: [overlay('search: { sampler: iid }\n')] })
  expect(mistakesOf(loading)).toEqual([expect.stringMatching(/^6:24 search\.concurrency: /)])
})

test('an arm can change how to search, never what to solve or how long', () => {
  expect(mistakesOf(() => overlay('search: {}\nevaluator: other.ts\n'))).toEqual([
    expect.stringMatching(/^2:1 evaluator: cannot differ between arms/),
  ])
  expect(mistakesOf(() => overlay('budget: { usd: 5 }\n'))).toEqual([expect.stringMatching(/^1:1 budget: /)])
  expect(mistakesOf(() => overlay('# nothing\n'))).toEqual([expect.stringContaining('an arm has some of')])
  expect(mistakesOf(() => readOverlay(path.join(folder, 'none.yaml')))).toEqual([
    expect.stringContaining('there is no such file'),
  ])
})
