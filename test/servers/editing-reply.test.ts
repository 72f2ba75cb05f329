import { describe, expect, it } from 'vitest'
import { editingReply } from './editing-reply.ts'

const parent = [
  '// EVOLVE-BLOCK-START',
  'export function pack(n: number) {',
  '  const radius = 0.25',
  '  const twice = 0.5',
  '  const again = 0.5',
  '  // 3.75 is what the paper says',
  '  return Array.from({ length: n }, (_, i) => [radius, twice + again, i * 1.5])',
  '}',
  '// EVOLVE-BLOCK-END',
  'const outside = 9.75',
].join('\n')

const prompt = [
  'An example:',
  '```ts',
  'const x = 1',
  '```',
  '',
  'The parent:',
  '```ts',
  parent,
  '```',
  'Answer.',
].join('\n')

function applied(turn: number): { readonly search: string; readonly replace: string } {
  const match = /<{7} SEARCH\n([\s\S]*?)\n={7}\n([\s\S]*?)\n>{7} REPLACE$/.exec(editingReply(prompt, turn))
  return { search: match?.[1] ?? '', replace: match?.[2] ?? '' }
}

describe('the editing reply', () => {
  it('changes a number of a line that stands once inside the block', () => {
    for (let turn = 0; turn < 50; turn++) {
      const { search, replace } = applied(turn)
      expect(parent.split(search)).toHaveLength(2)
      expect(replace).not.toBe(search)
      const edited = parent.replace(search, replace)
      expect(edited.split('// EVOLVE-BLOCK-END')[1]).toBe('\nconst outside = 9.75')
      expect(edited).toContain('3.75 is what the paper says')
    }
  })

  it('differs from turn to turn and is the same for the same turn', () => {
    const replies = Array.from({ length: 30 }, (_, turn) => editingReply(prompt, turn))
    expect(new Set(replies).size).toBeGreaterThan(5)
    expect(editingReply(prompt, 3)).toBe(replies[3])
  })

  it('says so when there is nothing to edit', () => {
    expect(editingReply('no program at all', 1)).toContain('no program')
  })
})
