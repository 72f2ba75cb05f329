import { describe, expect, it } from 'vitest'
import { outcomeDescriptors } from '../../src/builtins.ts'
import type { Axis } from '../../src/core/descriptor.ts'
import type { Json } from '../../src/core/json.ts'
import { objectiveValue } from '../../src/descriptors/objective-value.ts'
import { describeStage } from '../../src/stages/describe.ts'

const axis = (descriptor: string): Axis => ({ descriptor, scale: 'linear', range: [0, 1], bins: 2 })

function stageOver(names: readonly string[], runs = true) {
  const outcomes = [...outcomeDescriptors, objectiveValue('size')]
  const known = ['source-length', ...outcomes.map(({ name }) => name)]
  return describeStage({ axes: names.map(axis), outcomes, known, runs, problemFile: '/p.yaml' })
}

const inputs: Record<string, Json> = {
  parse: { code: '', descriptors: { 'source-length': 9 } },
  score: { objectives: { size: 3 }, descriptors: { spread: 0.5 }, scores: { a: 1 }, artifacts: {} },
  run: { console: '', cases: [{ id: 'a', ok: true, value: 1, ms: 10 }] },
}
const described = (names: readonly string[], runs = true) =>
  stageOver(names, runs).run({ ordinal: 1, source: '' }, inputs, new AbortController().signal)

describe('the describe stage', () => {
  it('gathers values from the source, the run, the score and the evaluator', async () => {
    expect(await described(['source-length', 'run-time-class', 'objective.size', 'spread'])).toEqual({
      ok: true,
      output: { 'source-length': 9, 'run-time-class': 13, 'objective.size': 3, spread: 0.5 },
    })
  })

  it('reads the run only where an axis needs it and there is one', () => {
    expect(stageOver(['source-length']).needs).not.toContain('run')
    expect(stageOver(['run-time-class']).needs).toContain('run')
    expect(stageOver(['run-time-class'], false).needs).not.toContain('run')
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
