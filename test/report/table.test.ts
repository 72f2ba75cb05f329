import { describe, expect, it } from 'vitest'
import { csvText } from '../../src/report/csv.ts'
import { jsonText } from '../../src/report/json-text.ts'
import { printable, printableLine } from '../../src/report/printable.ts'
import { tableText } from '../../src/report/table.ts'
import { cutToWidth, textWidth } from '../../src/report/text-width.ts'
import fc from '../seeded-properties.ts'

describe('tableText', () => {
  it('aligns numbers right and text left, and leaves NULL empty', () => {
    const rows = [
      [1, 'perturb', 0.1],
      [20, null, 2.635983084917],
    ]
    expect(tableText(['id', 'operator', 'value'], rows).split('\n')).toEqual([
      'id  operator           value',
      '──  ────────  ──────────────',
      ' 1  perturb              0.1',
      '20            2.635983084917',
    ])
  })

  it('counts wide characters as two cells', () => {
    const rows = [
      ['日本', 'a'],
      ['x', 'b'],
      ['e\u0301', 'c'],
    ]
    expect(tableText(['n', 'm'], rows).split('\n').slice(2)).toEqual(['日本  a', 'x     b', 'e\u0301     c'])
  })

  it('cuts wide texts but never a number', () => {
    const text = tableText(['v', 't'], [[123456789.123456, 'x'.repeat(100)]], { width: 30 })
    expect(text.split('\n').at(-1)).toBe(`123456789.123456  ${'x'.repeat(11)}…`)
  })

  it('makes control characters and line ends of cells visible', () => {
    expect(tableText(['t'], [['a\u001b[31m\nb']])).toContain('a␛[31m␊b')
  })

  it('fits the width asked for whenever its columns can give way', () => {
    const cell = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 90 }), fc.constant(null))
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell)), fc.integer({ min: 24, max: 120 }), (rows, width) => {
        for (const line of tableText(['a', 'b', 'c'], rows, { width }).split('\n')) {
          expect(textWidth(line)).toBeLessThanOrEqual(width)
        }
      }),
    )
  })
})

describe('cutToWidth', () => {
  it('keeps a text that just fits and marks one that does not', () => {
    expect(cutToWidth('abcd', 4)).toBe('abcd')
    expect(cutToWidth('abcde', 4)).toBe('abc…')
    expect(cutToWidth('日本語', 6)).toBe('日本語')
    expect(cutToWidth('日本語', 5)).toBe('日本…')
  })

  it('is never wider than asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(textWidth(cutToWidth(text, width))).toBeLessThanOrEqual(width)
      }),
    )
  })
})

/** Reads CSV by the grammar of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === '\r\n') {
      rows.push(row)
      row = []
    }
  }
  return rows
}

describe('csvText', () => {
  it('quotes what needs it, tells NULL from the empty text and writes exact numbers', () => {
    expect(
      csvText(
        ['a', 'b'],
        [
          ['x,"y"\n', null],
          ['', 0.1 + 0.2],
          [new Uint8Array([1, 255]), 10n],
        ],
      ),
    ).toBe('a,b\r\n"x,""y""\n",\r\n"",0.30000000000000004\r\n01ff,10\r\n')
  })

  it('reads back as the same fields', () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('"', ',', '\r\n', '\n', 'a"b,c'))
    fc.assert(
      fc.property(fc.array(fc.tuple(field, field)), (rows) => {
        expect(readCsv(csvText(['a', 'b'], rows))).toEqual([['a', 'b'], ...rows])
      }),
    )
  })
})

describe('jsonText', () => {
  it('reads back as the same data', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('holds no control character that a terminal could act upon', () => {
    const text = jsonText({ text: '\u001b[31m\u009b2J\u007f\u202e' })
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(JSON.parse(text)).toEqual({ text: '\u001b[31m\u009b2J\u007f\u202e' })
  })

  it('writes large integers exactly and bytes as hexadecimal', () => {
    expect(jsonText([5n, 2n ** 60n, new Uint8Array([16])], 0)).toBe('[5,"1152921504606846976","10"]')
  })
})

describe('printable', () => {
  it('keeps lines, tabs and letters of all scripts', () => {
    expect(printable('a\tb\r\nc é 日本 🎉\n')).toBe('a\tb\nc é 日本 🎉\n')
  })

  it('makes escape sequences and reordering visible', () => {
    expect(printable('\u001b]0;t\u0007 \u009b \u202e \u007f')).toBe('␛]0;t␇ \ufffd \ufffd ␡')
    expect(printableLine('a\tb\n')).toBe('a␉b␊')
  })
})
