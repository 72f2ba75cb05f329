import { describe, expect, it } from 'vitest'
import {
  blocksOf,
  genomeOf,
  leaveTheBlocks,
  lineEndOf,
  parseEvolveBlocks,
  replaceBlocks,
} from '../../src/variation/evolve-block.ts'

const START = '// EVOLVE-BLOCK-START'
const END = '// EVOLVE-BLOCK-END'
const file = (...lines: string[]) => lines.join('\n')

describe('parseEvolveBlocks', () => {
  it('finds the text between the marker lines, in any of the two comment styles and at any indentation', () => {
    const source = file('a', START, 'b', 'c', END, 'd', '  # EVOLVE-BLOCK-START', 'e', '\t#EVOLVE-BLOCK-END  ')
    expect(blocksOf(source).map(({ start, end }) => source.slice(start, end))).toEqual(['b\nc\n', 'e\n'])
  })

  it('reads files with CRLF line ends, a byte order mark, and markers on the first and last line', () => {
    const source = `\uFEFF${START}\r\nb\r\n${END}`
    expect(blocksOf(source).map(({ start, end }) => source.slice(start, end))).toEqual(['b\r\n'])
    expect(genomeOf(source)).toBe('b')
  })

  it.each([
    ['no marker', file('a', 'b'), 1, /no evolve block/],
    ['an unclosed block', file('a', START, 'b'), 2, /never closed/],
    ['a block that ends before it starts', file('a', 'b', END, START), 3, /closes nothing/],
    ['a block in a block', file(START, 'b', START, END, END), 3, /nested.*line 1/],
    ['text beside a marker', file('a', `${START} heuristic`, END), 2, /alone/],
    ['an end without a start after a good block', file(START, END, '', END), 4, /closes nothing/],
  ])('reports %s with its line and the remedy', (_, source, line, message) => {
    const parsed = parseEvolveBlocks(source)
    expect(parsed).toMatchObject({ ok: false, line })
    if (!parsed.ok) expect(parsed.message).toMatch(message)
  })

  it('takes a marker behind code, in a string or in a longer word for no marker', () => {
    const source = file(
      START,
      `f() ${END}`,
      `const s = "${START}"`,
      '// EVOLVE-BLOCK-STARTER',
      '// see EVOLVE-BLOCK-END',
      END,
    )
    expect(parseEvolveBlocks(source)).toMatchObject({ ok: true, blocks: [{}] })
  })
})

describe('genomeOf', () => {
  it('joins the blocks by a newline', () => {
    expect(genomeOf(file(START, 'a', 'b', END, 'x', START, END, START, 'c', '', END))).toBe('a\nb\n\nc\n')
  })

  it('refuses a file that was not checked', () => {
    expect(() => genomeOf('a')).toThrow(/line 1: no evolve block/)
  })
})

describe('replaceBlocks', () => {
  const source = file('fixed 1', START, 'a', END, 'fixed 2', START, 'b', END, 'fixed 3', '')

  it('puts new text into the blocks and ends it like the file does', () => {
    expect(replaceBlocks(source, ['x\ny', ''])).toEqual({
      ok: true,
      source: file('fixed 1', START, 'x', 'y', END, 'fixed 2', START, END, 'fixed 3', ''),
    })
    const crlf = source.replaceAll('\n', '\r\n')
    expect(replaceBlocks(crlf, ['x', 'b\r\n'])).toEqual({ ok: true, source: crlf.replace('a\r\n', 'x\r\n') })
    expect(lineEndOf(crlf)).toBe('\r\n')
  })

  it.each([[`x\n${END}\nevil\n${START}\ny`], [END], [START], [`${START}\n${END}`], [`  #EVOLVE-BLOCK-END`]])(
    'refuses markers in new text: %j',
    (text) => {
      expect(replaceBlocks(source, [text, 'b'])).toMatchObject({ ok: false, failure: { kind: 'outside-evolve-block' } })
    },
  )
})

describe('leaveTheBlocks', () => {
  const parent = file('fixed', START, 'a', END, 'fixed', '')

  it('lets the genome change and nothing else', () => {
    expect(leaveTheBlocks(parent, file('fixed', START, 'b', 'c', END, 'fixed', ''))).toBeUndefined()
    const outside = [
      file('fixed ', START, 'a', END, 'fixed', ''),
      file('fixed', START, 'a', END, 'fixed'),
      file('fixed', `${START} `, 'a', END, 'fixed', ''),
      file('fixed', START, 'a', END, 'x', START, END, 'fixed', ''),
      file('fixed', START, 'a', 'fixed', ''),
      '',
    ]
    for (const child of outside) expect(leaveTheBlocks(parent, child)?.kind).toBe('outside-evolve-block')
  })
})
