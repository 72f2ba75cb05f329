import { expect, it } from 'vitest'
import { axesOf } from '../../src/config/effective-axes.ts'
import { goodHead, problemFolder } from './problem-folder.ts'

it('finds the axes of an effective config, and none where there are none to find', () => {
  const { read } = problemFolder()
  expect(axesOf(read(goodHead).effective)).toEqual(['source-length', 'syntax-depth'])
  for (const text of ['', 'name: x\n', 'archive: { axes: 3 }\n', 'archive: { axes: [{ bins: 3 }] }\n']) {
    expect(axesOf(text)).toEqual([])
  }
})
