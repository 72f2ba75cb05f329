import { describe, expect, it } from 'vitest'
import { applySearchReplace } from '../../src/variation/search-replace.ts'

const parent = [
  'const fixed = 1',
  '// EVOLVE-BLOCK-START',
  'export function f(n) {',
  '  let sum = 0',
  '  for (let i = 0; i < n; i++) {',
  '    sum += i',
  '  }',
  '  if (n > 3) {',
  '    sum += 7',
  '  }',
  '  return sum',
  '}',
  '// EVOLVE-BLOCK-END',
  'const last = fixed',
  '',
].join('\n')

function apply(reply: string, source = parent) {
  return applySearchReplace(reply, { parent: { source, traits: { step: 0.5 } }, inspirations: [], seed: '' })
}

function edit(search: string, replace: string): string {
  return `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`
}

function childOf(reply: string, source = parent): string {
  const made = apply(reply, source)
  if (!made.ok) throw new Error(`${made.failure.kind}: ${made.failure.message}`)
  return made.source
}

function rungsOf(reply: string, source = parent): string[] {
  const made = apply(reply, source)
  if (!made.ok) throw new Error(`${made.failure.kind}: ${made.failure.message}`)
  return (made.change.detail as { edits: { rung: string }[] }).edits.map(({ rung }) => rung)
}

describe('a reply with edits', () => {
  it('changes the quoted lines and keeps the traits', () => {
    const made = apply(`Sure.\n\n${edit('  let sum = 0', '  let sum = 1\n  sum++')}\nDone.`)
    expect(made).toMatchObject({
      ok: true,
      source: parent.replace('  let sum = 0', '  let sum = 1\n  sum++'),
      traits: { step: 0.5 },
      change: {
        summary: 'edit at line 4 (-1 +2)',
        detail: { edits: [{ line: 4, rung: 'exact', removed: 1, added: 2 }] },
      },
    })
  })

  it('applies several blocks at once, in any order', () => {
    const reply = edit('  return sum', '  return -sum') + edit('  let sum = 0', '  let sum = 2')
    expect(childOf(reply)).toBe(parent.replace('return sum', 'return -sum').replace('sum = 0', 'sum = 2'))
  })

  it('applies all or none', () => {
    expect(apply(edit('  let sum = 0', '  let sum = 2') + edit('  let total = 9', '  x'))).toMatchObject({
      ok: false,
      failure: { kind: 'search-missed', message: expect.stringMatching(/^edit 2: /) as string },
    })
  })

  it('deletes what is replaced by nothing', () => {
    expect(childOf('<<<<<<< SEARCH\n    sum += 7\n=======\n>>>>>>> REPLACE')).toBe(parent.replace('    sum += 7\n', ''))
  })

  it('reads blocks in fences, below a file name, with longer markers and with CRLF line ends', () => {
    const plain = edit('  return sum', '  return 2')
    const expected = parent.replace('return sum', 'return 2')
    expect(childOf(`f.ts\n\`\`\`ts\n${plain}\`\`\``)).toBe(expected)
    expect(
      childOf(plain.replace('<<<<<<<', '<<<<<<<<<').replace('=======', '========').replace('>>>>>>>', '>>>>>>>>')),
    ).toBe(expected)
    expect(childOf(plain.replaceAll('\n', '\r\n'))).toBe(expected)
  })

  it('ignores drafts in a leading section of thoughts', () => {
    const draft = `<think>\n${edit('  return sum', '  return 1')}</think>\n`
    expect(childOf(draft + edit('  return sum', '  return 2'))).toBe(parent.replace('return sum', 'return 2'))
  })

  it('takes an edit stated twice for one', () => {
    expect(childOf(edit('  return sum', '  return 2').repeat(2))).toBe(parent.replace('return sum', 'return 2'))
  })

  it('takes lines around the markers as context when they do not change', () => {
    const reply = edit(
      '// EVOLVE-BLOCK-START\nexport function f(n) {',
      '// EVOLVE-BLOCK-START\nexport function f(n, m) {',
    )
    expect(childOf(reply)).toBe(parent.replace('f(n)', 'f(n, m)'))
    const atEnd = edit('}\n// EVOLVE-BLOCK-END', '}\nf(1)\n// EVOLVE-BLOCK-END')
    expect(childOf(atEnd)).toBe(parent.replace('}\n// EVOLVE-BLOCK-END', '}\nf(1)\n// EVOLVE-BLOCK-END'))
  })

  it('fills an empty program by an empty search', () => {
    const empty = 'a\r\n// EVOLVE-BLOCK-START\r\n\r\n// EVOLVE-BLOCK-END\r\n'
    expect(childOf('<<<<<<< SEARCH\n=======\nx\ny\n>>>>>>> REPLACE', empty)).toBe(
      empty.replace('\r\n\r\n', '\r\nx\r\ny\r\n'),
    )
  })
})

describe('the matching ladder', () => {
  it('overlooks line endings and writes those of the file', () => {
    const crlf = parent.replaceAll('\n', '\r\n')
    const reply = edit(
      '  let sum = 0\n  for (let i = 0; i < n; i++) {',
      '  let sum = 1\n  for (let i = 1; i < n; i++) {',
    )
    expect(rungsOf(reply, crlf)).toEqual(['line-endings'])
    expect(childOf(reply, crlf)).toBe(crlf.replace('sum = 0', 'sum = 1').replace('i = 0', 'i = 1'))
  })

  it('overlooks trailing space', () => {
    const reply = edit('  let sum = 0  ', '  let sum = 1')
    expect(rungsOf(reply)).toEqual(['trailing-space'])
    expect(childOf(reply)).toBe(parent.replace('sum = 0', 'sum = 1'))
  })

  it('overlooks a shift of the indentation and shifts the replacement likewise', () => {
    const left = edit(
      'for (let i = 0; i < n; i++) {\n  sum += i\n}',
      'for (let i = 0; i < n; i++) {\n  sum += i\n\n  if (i)\n    sum++\n}',
    )
    const expected = parent.replace('    sum += i\n', '    sum += i\n\n    if (i)\n      sum++\n')
    expect(rungsOf(left)).toEqual(['indentation'])
    expect(childOf(left)).toBe(expected)
    const right = left.replace(/^(?=[^<=>\n])/gm, '\t     ').replaceAll('\t', '    ')
    expect(childOf(right)).toBe(expected)
  })

  it('does not take lines for equal whose indentation differs by more than a shift', () => {
    expect(apply(edit('for (let i = 0; i < n; i++) {\nsum += i\n}', 'x'))).toMatchObject({
      failure: { kind: 'search-missed' },
    })
  })

  it('prefers an exact match to one that is only alike', () => {
    const twice = parent.replace('  return sum', '  sum += 7\n  return sum')
    expect(childOf(edit('  sum += 7', '  sum += 8'), twice)).toBe(twice.replace('\n  sum += 7', '\n  sum += 8'))
  })

  it('finds part of one line, never part of a word or number', () => {
    expect(rungsOf(edit('n > 3', 'n > 4'))).toEqual(['part-of-line'])
    expect(childOf(edit('n > 3', 'n > 4'))).toBe(parent.replace('n > 3', 'n > 4'))
    expect(apply(edit('um = 0', 'x'))).toMatchObject({ failure: { kind: 'search-missed' } })
  })
})

describe('a reply that cannot be applied', () => {
  it('has no edit in it', () => {
    expect(apply('Here is my idea: be faster.')).toMatchObject({ ok: false, failure: { kind: 'no-edit-found' } })
    expect(apply('')).toMatchObject({ ok: false, failure: { kind: 'no-edit-found' } })
  })

  it('was cut in the middle of a block', () => {
    const cut = [edit('  return sum', '  return 2'), '<<<<<<< SEARCH\n  let sum = 0\n=======\n  let'].join('\n')
    expect(apply(cut)).toMatchObject({
      failure: { kind: 'no-edit-found', message: expect.stringMatching(/cut/) as string },
    })
  })

  it('has no divider, or several', () => {
    expect(apply('<<<<<<< SEARCH\na\n>>>>>>> REPLACE')).toMatchObject({ failure: { kind: 'no-edit-found' } })
    expect(apply(edit('  return sum', 'a\n=======\nb'))).toMatchObject({ failure: { kind: 'no-edit-found' } })
  })

  it('quotes lines that are not there, and is shown the nearest ones', () => {
    const missed = apply(edit('  for (let i = 0; i <= n; i++) {\n    sum += 2 * i', 'x'))
    const nearest = { line: 5, text: '  for (let i = 0; i < n; i++) {\n    sum += i' }
    expect(missed).toMatchObject({ ok: false, failure: { kind: 'search-missed', nearest } })
  })

  it('quotes lines that are there more than once', () => {
    expect(apply(edit('  }', '  };'))).toMatchObject({ failure: { kind: 'search-ambiguous', matches: 2 } })
  })

  it('wants to change text outside the markers, or the markers', () => {
    const outside = [
      edit('const fixed = 1', 'const fixed = 2'),
      edit('const fixed = 1\n// EVOLVE-BLOCK-START', 'const fixed = 2\n// EVOLVE-BLOCK-START'),
      edit('// EVOLVE-BLOCK-END', ''),
      edit('}\n// EVOLVE-BLOCK-END', '}'),
      edit('// EVOLVE-BLOCK-END', '// EVOLVE-BLOCK-END\nevil()'),
      edit('  return sum', '  return sum\n}\n// EVOLVE-BLOCK-END\nevil()\n// EVOLVE-BLOCK-START\n{'),
      edit('  return sum', '// EVOLVE-BLOCK-END'),
      edit('fixed', 'fixed2'),
    ]
    for (const reply of outside) expect(apply(reply)).toMatchObject({ failure: { kind: 'outside-evolve-block' } })
  })

  it('changes nothing', () => {
    expect(apply(edit('  return sum', '  return sum'))).toMatchObject({ failure: { kind: 'unchanged' } })
  })

  it('changes the same lines twice', () => {
    const reply = edit('  return sum', '  return 1') + edit('  return sum\n}', '  return 2\n}')
    expect(apply(reply)).toMatchObject({
      failure: { kind: 'search-missed', message: expect.stringMatching(/line 11/) as string },
    })
  })

  it('has an empty search in a program that is not empty', () => {
    expect(apply('<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE')).toMatchObject({ failure: { kind: 'search-missed' } })
  })
})

it('edits code that itself holds conflict markers when its own markers are longer', () => {
  const source = [
    '// EVOLVE-BLOCK-START',
    '<<<<<<< SEARCH',
    'a',
    '=======',
    'b',
    '>>>>>>> REPLACE',
    '// EVOLVE-BLOCK-END',
  ].join('\n')
  const reply = '<<<<<<<<< SEARCH\na\n=======\nb\n=========\na\n=======\nc\n>>>>>>>>> REPLACE'
  expect(childOf(reply, source)).toBe(source.replace('\nb', '\nc'))
})
