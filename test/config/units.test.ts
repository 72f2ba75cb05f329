import { describe, expect, it } from 'vitest'
import { parseDuration, parseSize } from '../../src/config/units.ts'
import fc from '../seeded-properties.ts'

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
    ['0s', 0],
    ['0.0004s', 0],
  ])('reads %s as %d milliseconds', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(['10', '10 s', '10S', '-1s', '1e3s', '.5s', '5.s', '1h30m', 's', '', '10sec', '1s ', '1w'])(
    'refuses %j',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  )
})

describe('sizes', () => {
  it.each([
    ['1B', 1],
    ['16kB', 16_000],
    ['16KB', 16_000],
    ['256MB', 256_000_000],
    ['2GB', 2_000_000_000],
    ['1KiB', 1024],
    ['0.5MiB', 524_288],
    ['1GiB', 1_073_741_824],
  ])('reads %s as %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  it.each(['256', '256mb', '256M', '256 MB', '-1MB', '1TB', 'MB', ''])('refuses %j', (text) =>
    expect(parseSize(text)).toBeUndefined(),
  )
})

it('gives whole numbers for every written amount', () => {
  const amount = fc.double({ min: 0, max: 1000, noNaN: true }).map((value) => value.toFixed(3))
  fc.assert(
    fc.property(amount, (written) => {
      expect(Number.isInteger(parseDuration(`${written}s`))).toBe(true)
      expect(Number.isInteger(parseSize(`${written}kB`))).toBe(true)
    }),
  )
})
