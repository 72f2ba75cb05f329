import { describe, expect, it } from 'vitest'
import { outcomeDescriptors } from '../../src/builtins.ts'
import type { Axis } from '../../src/core/descriptor.ts'
import type { Json } from '../../src/core/json.ts'
import { objectiveValue } from '../../src/descriptors/objective-value.ts'
import { describe as stage } from '../../src/stages/describe.ts'
import { problemWith } from '../run/parts.ts'
import { contextWith, opened, setupWith } from './opened.ts'

const axis = (descriptor: string): Axis => ({ descriptor, scale: 'linear', range: [0, 1], bins: 2 })

function stageOver(names: readonly string[]) {
  const outcomes = [...outcomeDescriptors, objectiveValue('size')]
  const descriptors = ['source-length', ...outcomes.map(({ name }) => name)]
  const archive = { ...problemWith({}).archive, axes: names.map(axis) }
  return opened(stage, setupWith({ outcomes, descriptors }, { file: '/p.yaml', archive }))
}

const inputs: Record<string, Json> = {
  program: { code: '', descriptors: { 'source-length': 9 } },
  scored: { objectives: { size: 3 }, descriptors: { spread: 0.5 }, scores: { a: 1 }, artifacts: {} },
  results: { console: '', cases: [{ id: 'a', ok: true, value: 1, ms: 10 }] },
}
const described = (names: readonly string[]) => stageOver(names).run({ ordinal: 1, source: '' }, inputs, contextWith())

describe('the describe stage', () => {
  it('gathers values from the source, the run, the score and the evaluator', async () => {
    expect(await described(['source-length', 'run-time-class', 'objective.size', 'spread'])).toEqual({
      ok: true,
      output: { 'source-length': 9, 'run-time-class': 13, 'objective.size': 3, spread: 0.5 },
    })
  })

  it('needs no run', async () => {
    const { results: _, ...rest } = inputs
    expect(await stageOver(['spread']).run({ ordinal: 1, source: '' }, rest, contextWith())).toMatchObject({ ok: true })
  })

  it('names the axis that nobody measures, what is built in, and a remedy', async () => {
    await expect(async () => described(['source-length', 'speed'])).rejects.toMatchObject({
      message: expect.stringMatching(
        /^descriptor speed is neither built in \(.*objective\.size.*\) nor .*return it there/,
      ) as string,
      location: { file: '/p.yaml', key: 'archive.axes[1].descriptor' },
    })
  })
})
