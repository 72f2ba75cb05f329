import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Order } from '../../src/run/steering.ts'
import { forgetStops, giveOrder, ordersIn } from '../../src/store/orders-folder.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'evolve-orders-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const set: Order = { id: 'z', kind: 'set', settings: { usd: 20, concurrency: 16 } }
const hint: Order = { id: 'y', kind: 'hint', text: 'try "hexagons"\nfirst' }
const stop: Order = { id: 'x', kind: 'stop' }

test('orders are taken once, in the order in which they were given', () => {
  const orders = ordersIn(dir)
  expect(orders.take()).toEqual([])
  const file = giveOrder(dir, set, 1000)
  giveOrder(dir, hint, 1001)
  giveOrder(dir, stop, 20_000)
  expect(existsSync(file)).toBe(true)
  expect(orders.take()).toEqual([set, hint, stop])
  expect(orders.take()).toEqual([])
  expect(existsSync(file)).toBe(false)
})

test('what is no order is removed, and one that is still being written is left alone', () => {
  mkdirSync(path.join(dir, 'orders'))
  const write = (name: string, text: string) => writeFileSync(path.join(dir, 'orders', name), text)
  write('1.json', '{')
  write('2.json', '{"id":"a","kind":"set","settings":{"usd":-1}}')
  write('3.json', '{"id":"a","kind":"set","settings":{"rate":1}}')
  write('4.json', '{"id":"a","kind":"sleep"}')
  write('5.json.part', '{"id":"a","kind":"stop"}')
  giveOrder(dir, hint, 1)
  expect(ordersIn(dir).take()).toEqual([hint])
  expect(readdirSync(path.join(dir, 'orders'))).toEqual(['5.json.part'])
})

test('a process that starts forgets orders to stop, which were meant for one before it', () => {
  giveOrder(dir, stop, 1)
  giveOrder(dir, set, 2)
  forgetStops(dir)
  expect(ordersIn(dir).take()).toEqual([set])
})

test('a file named stop is a stop file', () => {
  expect(ordersIn(dir).stopFile()).toBeUndefined()
  writeFileSync(path.join(dir, 'stop'), '')
  expect(ordersIn(dir).stopFile()).toBe(path.join(dir, 'stop'))
})
