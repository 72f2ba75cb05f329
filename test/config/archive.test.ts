import { describe, expect, it } from 'vitest'
import { goodHead, mistakesOf, problemFolder } from './problem-folder.ts'

const { read, reread } = problemFolder()
const archive = (yaml: string) => read(`${goodHead}archive: ${yaml}\n`).problem.archive
const mistakes = (yaml: string) => mistakesOf(() => archive(yaml))

describe('the archive of a problem', () => {
  it('has 1000 cells with kind: cvt unless it says otherwise, and its axes need no bins', () => {
    expect(archive('{ kind: cvt }').cells).toBe(1000)
    const axes = 'axes: [{ descriptor: source-length, range: [0, 9] }]'
    expect(archive(`{ kind: cvt, cells: 50, ${axes} }`)).toMatchObject({ kind: 'cvt', cells: 50, axes: [{ bins: 10 }] })
  })

  it('holds a front of 8 in each cell with several objectives, unless it says otherwise', () => {
    const several = goodHead.replace('maximize }\n', 'maximize }\n  - { name: seconds, direction: minimize }\n')
    expect(read(several).problem.archive.elitesPerCell).toBe(8)
    expect(read(`${several}archive: { elites_per_cell: 3 }\n`).problem.archive.elitesPerCell).toBe(3)
    expect(archive('{ elites_per_cell: 4 }').elitesPerCell).toBe(4)
  })

  it('sends a share of the owners instead of a number', () => {
    expect(archive('{ migration: { rate: 0.25, interval: 10 } }').migration).toMatchObject({ rate: 0.25, interval: 10 })
  })

  it('is the same when the effective config is read again', () => {
    const first = read(`${goodHead}archive: { kind: cvt, migration: { rate: 0.5 }, briefs: [be bold] }\n`)
    expect(reread(first.effective).problem.archive).toEqual(first.problem.archive)
  })

  it.each([
    [
      '{ cells: 10 }',
      '6:19 archive.cells: is for kind: cvt; a grid has the product of its bins, so remove it or set kind: cvt',
    ],
    [
      '{ migration: { count: 2, rate: 0.5 } }',
      '6:41 archive.migration.rate: says the same as count; keep one of the two',
    ],
    ['{ migration: { rate: 0 } }', '6:31 archive.migration.rate: must be a number above 0 up to 1, but this is 0'],
    ['{ migration: { topology: net } }', 'archive.migration.topology: must be ring or star, but this is "net"'],
    [
      '{ spawn: { patience: 5, limit: 4 } }',
      '6:31 archive.spawn.patience: can add no island: spawn.limit is 4 and there are 4 islands from the start; raise the limit or set patience: 0',
    ],
    ['{ elites: 4 }', 'archive.elites: is not a key under archive; known are islands, kind, cells'],
    ['{ kind: voronoi }', 'archive.kind: must be grid or cvt, but this is "voronoi"'],
  ])('refuses %s with a remedy', (yaml, message) => {
    expect(mistakes(yaml)).toHaveLength(1)
    expect(mistakes(yaml)[0]).toContain(message)
  })
})
