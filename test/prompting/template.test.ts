import { describe, expect, it } from 'vitest'
import { parseTemplate } from '../../src/prompting/template.ts'
import { shippedTemplate, templateOf } from './example-context.ts'
import fc from '../seeded-properties.ts'

const needed = '{{parent}}\n\n{{reply-format}}'

function problemsOf(text: string, name = 'test'): readonly { line: number; message: string }[] {
  const result = parseTemplate(name, text)
  return result.ok ? [] : result.problems
}

describe('parseTemplate', () => {
  it('reads parts, sections and paragraphs', () => {
    const template = templateOf(
      `# system\n\nBe brief.\n\n# user\n\n## The problem\n\n{{problem}}\n\n## Now\n\n${needed}\n`,
    )
    expect(template.system.map((section) => section.name)).toEqual(['opening'])
    expect(template.user.map((section) => [section.name, section.heading, section.paragraphs.length])).toEqual([
      ['problem', 'The problem', 1],
      ['parent', 'Now', 2],
    ])
  })

  it('reads a file with CRLF line ends like one with LF', () => {
    const text = `# system\n\nOne\ntwo.\n\n# user\n\n## Heading\n\n${needed}\n`
    expect(templateOf(text.replaceAll('\n', '\r\n'))).toEqual(templateOf(text))
  })

  it('takes headings inside a code fence as text', () => {
    const template = templateOf(`# user\n\n\`\`\`md\n# system\n\n## No section\n\`\`\`\n\n${needed}\n`)
    expect(template.system).toEqual([])
    expect(template.user).toHaveLength(1)
    expect(template.user[0]?.paragraphs[0]).toEqual([{ kind: 'text', text: '```md\n# system\n\n## No section\n```' }])
  })

  it('gives two sections of one name different names', () => {
    const template = templateOf(`# user\n\n## Note\n\na\n\n## Note\n\nb\n\n## Rest\n\n${needed}\n`)
    expect(template.user.map((section) => section.name)).toEqual(['note', 'note-2', 'parent'])
  })

  it('reads wordings with escaped bars, empty ones included', () => {
    const template = templateOf(`# user\n\n{{one of: a\\|b | c |}} \\{{x}}\n\n${needed}\n`)
    expect(template.user[0]?.paragraphs[0]).toEqual([
      { kind: 'one-of', choices: ['a|b', 'c', ''] },
      { kind: 'text', text: ' ' },
      { kind: 'text', text: '{{' },
      { kind: 'text', text: 'x}}' },
    ])
  })

  it('ignores comments before the first part', () => {
    expect(problemsOf(`<!-- a note\n# user\nof lines -->\n\n# user\n\n${needed}\n`)).toEqual([])
  })

  it.each([
    ['an unknown placeholder', `# user\n\n${needed}\n\nfirst\nsee {{sorce}}\n`, 8, 'unknown placeholder {{sorce}}'],
    ['braces that never close', `# user\n\n${needed}\n\n{{parent\n`, 7, 'never closed'],
    ['a choice of one', `# user\n\n${needed}\n\n{{one of: a}}\n`, 7, 'at least two wordings'],
    ['a missing parent', '# user\n\n{{reply-format}}\n', 1, 'lacks {{parent}}'],
    ['a missing reply format', '# user\n\n{{parent}}\n', 1, 'lacks {{reply-format}}'],
    ['a missing user part', `# system\n\n${needed}\n`, 6, 'no "# user" part'],
    ['a part of another name', `# user\n\n${needed}\n\n# assistant\n`, 7, '# assistant'],
    ['a part given twice', `# user\n\n${needed}\n\n# user\n`, 7, 'second "# user" part'],
    ['text before the first part', `Hello\n\n# user\n\n${needed}\n`, 1, 'before the first part'],
    ['a fence that never closes', `# user\n\n${needed}\n\n\`\`\`ts\n`, 7, 'never closed'],
    ['a placeholder in a heading', `# user\n\n${needed}\n\n## About {{name}}\n\ntext\n`, 7, 'heading cannot hold'],
  ])('names the line of %s', (_, text, line, message) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.line).toBe(line)
    expect(problems[0]?.message).toContain(message)
  })

  it('wants the failure and the former reply in a template for repairs', () => {
    expect(problemsOf(`# user\n\n${needed}\n`, 'repair').map((problem) => problem.message)).toEqual([
      expect.stringContaining('{{failure}}'),
      expect.stringContaining('{{former-reply}}'),
    ])
  })

  it('reports all mistakes at once, in the order of their lines', () => {
    const lines = problemsOf('# user\n\n{{a}}\n\n{{b}}\n').map((problem) => problem.line)
    expect(lines).toEqual([1, 1, 3, 5])
  })

  it('accepts every template that ships', () => {
    for (const name of ['diff', 'rewrite', 'cross', 'repair']) expect(shippedTemplate(name).name).toBe(name)
  })

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      '# user\n',
      '# system\n',
      '## a\n',
      '{{',
      '}}',
      '{{parent}}',
      '```\n',
      '<!--',
      '-->',
      '|',
      '\\',
      'one of:',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        const result = parseTemplate('test', pieces.join(''))
        expect(result.ok || result.problems.length > 0).toBe(true)
      }),
    )
  })
})
