import { expect, test } from 'vitest'
import { ComingThrough } from '../../src/run/coming-through.ts'

test('waits until all commits up to the end of the range have come through, in whatever order they do', async () => {
  const coming = new ComingThrough([0, 3, 1, 7])
  const came: string[] = []
  const wait = (to: number) => coming.ready({ from: 0, to }).then(() => void came.push(String(to)))
  const waits = [wait(0), wait(2), wait(5), wait(9)]
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  coming.through(3)
  await settle()
  expect(came).toEqual([])
  coming.through(0)
  await settle()
  expect(came).toEqual(['0'])
  coming.through(1)
  await settle()
  expect(came).toEqual(['0', '2', '5'])
  coming.giveUp()
  await Promise.all(waits)
  expect(came).toEqual(['0', '2', '5', '9'])
  await coming.ready({ from: 0, to: 100 })
})
