import { describe, expect, it } from 'vitest'
import { pivot } from '../../src/variation/pivot.ts'
import { refactor } from '../../src/variation/refactor.ts'
import { rewrite } from '../../src/variation/rewrite.ts'
import { describeOperator } from '../contracts/operator.ts'

for (const operator of [rewrite, pivot, refactor]) {
  describeOperator(operator, '```ts\nexport const f = (n: number): number => n\n```')
}

const parent = 'const fixed = 1\n// EVOLVE-BLOCK-START\nold()\n// EVOLVE-BLOCK-END\nexport const last = fixed\n'

function apply(reply: string, source = parent) {
  return rewrite.apply(reply, { parent: { source, traits: {} }, inspirations: [], seed: '' })
}

function withGenome(genome: string) {
  return { ok: true, source: parent.replace('old()', genome) }
}

describe('rewrite', () => {
  it('takes the last complete block of code, whatever else is fenced', () => {
    const reply = '```ts\nfirst()\n```\ntext\n~~~js title="x"\nsecond()\n~~~\n```json\n{}\n```\n```\noutput\n```\n'
    expect(apply(reply)).toMatchObject(withGenome('second()'))
    expect(apply('```\nonly()\n```')).toMatchObject(withGenome('only()'))
    expect(apply('````ts\nlong(`\n```\n`)\n````')).toMatchObject(withGenome('long(`\n```\n`)'))
  })

  it('takes the part between the markers when the whole file is given', () => {
    expect(apply(`\`\`\`ts\n${parent.replace('old()', 'new()').replace('= 1', '= 2')}\`\`\``)).toMatchObject(
      withGenome('new()'),
    )
  })

  it('takes off fixed text that is repeated without the markers', () => {
    const reply = '```ts\nconst fixed = 1\nnew()\nexport const last = fixed\n```'
    expect(apply(reply)).toMatchObject(withGenome('new()'))
  })

  it('writes the line ends of the file', () => {
    const crlf = parent.replaceAll('\n', '\r\n')
    expect(apply('```ts\na()\nb()\n```', crlf)).toMatchObject({ source: crlf.replace('old()', 'a()\r\nb()') })
    expect(apply('```ts\r\na()\r\nb()\r\n```')).toMatchObject(withGenome('a()\nb()'))
  })

  it('needs the whole file where there are several blocks', () => {
    const two = `${parent}// EVOLVE-BLOCK-START\nb()\n// EVOLVE-BLOCK-END\n`
    expect(apply('```ts\nnew()\n```', two)).toMatchObject({ failure: { kind: 'no-edit-found' } })
    const whole = two.replace('old()', 'new()').replace('b()', 'c()')
    expect(apply(`\`\`\`ts\n${whole}\`\`\``, two)).toMatchObject({ ok: true, source: whole })
    expect(apply(`\`\`\`ts\n${parent}\`\`\``, two)).toMatchObject({ failure: { kind: 'outside-evolve-block' } })
  })

  it('says what is missing', () => {
    expect(apply('new()')).toMatchObject({ failure: { kind: 'no-edit-found' } })
    expect(apply('```ts\nnew(')).toMatchObject({
      failure: { kind: 'no-edit-found', message: expect.stringMatching(/cut/) as string },
    })
    expect(apply('```ts\nold()\n```')).toMatchObject({ failure: { kind: 'unchanged' } })
    expect(apply('```ts\n// EVOLVE-BLOCK-END\nevil()\n```')).toMatchObject({
      failure: { kind: 'outside-evolve-block' },
    })
  })
})

it('takes the block in the language of the program where a reply has several', () => {
  const source = '# EVOLVE-BLOCK-START\nx = 1\n# EVOLVE-BLOCK-END\n'
  const reply = 'Like\n```py\nx = 2\n```\nin C:\n```c\nint x = 3;\n```\n'
  const request = { parent: { source, traits: {} }, inspirations: [], seed: '', language: 'python' }
  expect(rewrite.apply(reply, request)).toMatchObject({
    ok: true,
    source: '# EVOLVE-BLOCK-START\nx = 2\n# EVOLVE-BLOCK-END\n',
  })
})
