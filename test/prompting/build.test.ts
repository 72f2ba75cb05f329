import { describe, expect, it } from 'vitest'
import type { CandidateFailure } from '../../src/core/failure.ts'
import type { Prompt } from '../../src/core/prompt.ts'
import { rngStream } from '../../src/core/rng.ts'
import { buildPrompt } from '../../src/prompting/build.ts'
import type { PromptContext } from '../../src/prompting/context.ts'
import type { Template } from '../../src/prompting/template.ts'
import { bareContext, countTokens, fullContext, shippedTemplate, templateOf } from './example-context.ts'
import fc from '../seeded-properties.ts'

const needed = '{{parent}}\n\n{{reply-format}}'

function build(template: Template, context: PromptContext, budgetTokens = 50_000, ordinal = 1): Prompt {
  return buildPrompt(template, context, { budgetTokens, countTokens, rng: rngStream(1, 'wording', ordinal) })
}

function withParent(change: Partial<PromptContext['parent']>): PromptContext {
  return { ...bareContext, parent: { ...bareContext.parent, ...change } }
}

/** The code blocks of a Markdown text, as a reader that knows fences of any length finds them. */
function codeBlocks(text: string): string[] {
  return [...text.matchAll(/^(`{3,})[^\n`]*\n([\s\S]*?)^\1\s*$/gm)].map((match) => match[2] ?? '')
}

/** Level-two headings outside code fences. */
function headings(text: string): string[] {
  let fence = ''
  const found: string[] = []
  for (const line of text.split('\n')) {
    const mark = /^(`{3,})(.*)$/.exec(line)
    if (mark?.[1] !== undefined && (fence === '' || (mark[1].length >= fence.length && mark[2] === ''))) {
      fence = fence === '' ? mark[1] : ''
    } else if (fence === '' && line.startsWith('## ')) {
      found.push(line)
    }
  }
  return found
}

describe('buildPrompt', () => {
  it('leaves a section without content out, together with its heading and its fixed words', () => {
    const prompt = build(
      templateOf(`# user\n\n## Lessons\n\nHeed these.\n\n{{lessons}}\n\n## Program\n\n${needed}\n`),
      bareContext,
    )
    expect(prompt.user).not.toContain('Lessons')
    expect(prompt.user).not.toContain('Heed')
    expect(prompt.sections.map((section) => section.name)).toEqual(['parent'])
  })

  it.each(['diff', 'rewrite', 'cross'])(
    "%s puts an island's brief into the prompt, and nothing where it has none",
    (name) => {
      const brief = 'Use no randomness at all.'
      const asked = build(shippedTemplate(name), { ...fullContext, brief })
      expect(asked.user).toContain(`## What is asked of this version\n\n${brief}`)
      expect(asked.system).not.toContain(brief)
      expect(build(shippedTemplate(name), fullContext).user).not.toContain('asked of this version')
    },
  )

  it('leaves a paragraph out when its placeholders are empty, and keeps the rest of its section', () => {
    const prompt = build(
      templateOf(`# user\n\n## Task\n\n{{problem}}\n\nKnown:\n{{known}}\n\n${needed}\n`),
      bareContext,
    )
    expect(prompt.user).toContain('circle-packing: Pack 26')
    expect(prompt.user).not.toContain('Known:')
  })

  it('makes the user text out of its sections', () => {
    const prompt = build(shippedTemplate('diff'), fullContext)
    expect(prompt.sections.map((section) => section.text).join('\n\n')).toBe(prompt.user)
    expect(prompt.sections.map((section) => section.name)).toEqual([
      'inspirations',
      'insights',
      'lessons',
      'failed-ideas',
      'overused',
      'console',
      'artifacts',
      'feedback',
      'trail',
      'exhausted',
      'parent',
    ])
  })

  it.each(['diff', 'rewrite', 'cross', 'repair'])('shows the whole parent as the last code block of %s', (name) => {
    const prompt = build(shippedTemplate(name), fullContext)
    expect(codeBlocks(`${prompt.system}\n\n${prompt.user}\n`).at(-1)).toBe(fullContext.parent.source)
  })

  it('keeps known values out unless the problem reveals them', () => {
    const template = shippedTemplate('diff')
    const text = ({ system, user }: Prompt): string => system + user
    expect(text(build(template, fullContext))).toContain('2.635983084917')
    const hidden = { ...fullContext, problem: { ...fullContext.problem, reveal: false } }
    expect(text(build(template, hidden))).not.toContain('2.635983084917')
  })

  it('tells a hint only where the problem shows one', () => {
    const template = shippedTemplate('rewrite')
    const hidden = { ...fullContext, problem: { ...fullContext.problem, hint: undefined } }
    expect(build(template, fullContext).system).toContain(
      'A hint from the author of the problem:\nSolve the radii by a linear program.',
    )
    expect(build(template, hidden).system).not.toContain('hint')
  })

  it('shows inspirations from worst to best, whatever their order', () => {
    const { user } = build(templateOf(`# user\n\n{{inspirations}}\n\n${needed}\n`), fullContext)
    expect(user.indexOf('const a = 1')).toBeLessThan(user.indexOf('const b = 2'))
  })

  it('shows the partner of a crossing once, and it is the best inspiration', () => {
    const { user } = build(
      templateOf(`# user\n\n{{inspirations}}\n\n## Second\n\n{{partner}}\n\n${needed}\n`),
      fullContext,
    )
    expect(user.split('const b = 2')).toHaveLength(2)
    expect(user.indexOf('const b = 2')).toBeGreaterThan(user.indexOf('## Second'))
  })

  it('states a change as better or worse by the direction of the objective', () => {
    const objectives = [{ name: 'bins', direction: 'minimize' as const }]
    const context: PromptContext = {
      ...bareContext,
      problem: { ...bareContext.problem, objectives },
      parent: { ...bareContext.parent, objectives: { bins: 10 }, fitness: -10 },
      bestFitness: -7,
      attempts: [
        { summary: 'less', outcome: { ok: true, objectives: { bins: 9 } } },
        { summary: 'more', outcome: { ok: true, objectives: { bins: 11.5 } } },
        { summary: 'same', outcome: { ok: true, objectives: { bins: 10 } } },
      ],
    }
    const { user } = build(shippedTemplate('diff'), context)
    expect(user).toContain('- `less`: bins 9 (-1, better)')
    expect(user).toContain('- `more`: bins 11.5 (+1.5, worse)')
    expect(user).toContain('- `same`: bins 10 (no change)')
    expect(user).toContain('bins 7; this program is 3 behind it')
  })

  it('tells which lines an attempt brought back, a few of each remover, and keeps them in code', () => {
    const outcome = { ok: true, objectives: { sum_radii: 1 } } as const
    const readded = [
      { from: 3, by: 7, gain: 0.25, lines: ['const a = 1', '`x`', 'c', 'd', 'e'] },
      { from: 4, by: 9, gain: -0.5, lines: ['let y'] },
      { from: 5, by: 10, gain: 0, lines: ['let z'] },
      { from: 5, by: 11, gain: undefined, lines: ['last'] },
    ]
    const { user } = build(shippedTemplate('diff'), {
      ...bareContext,
      attempts: [{ summary: 'back', outcome, readded }],
    })
    expect(user).toContain(
      '; these lines were in program 3 and removed by program 7, which gained 0.25 in sum_radii: `const a = 1`, `` `x` ``, `c` and 2 more' +
        '; this line was in program 4 and removed by program 9, which lost 0.5 in sum_radii: `let y`' +
        '; this line was in program 5 and removed by program 10, which changed nothing in sum_radii: `let z`\n',
    )
  })

  it('says so when the parent is the best program', () => {
    expect(build(shippedTemplate('diff'), { ...bareContext, bestFitness: bareContext.parent.fitness }).user).toContain(
      'this is the best program of the search so far',
    )
  })

  it('draws the same wording for the same stream and every wording over many', () => {
    const template = templateOf(`# user\n\n{{one of: alpha | beta | gamma}}\n\n${needed}\n`)
    const drawn = (ordinal: number): string => build(template, bareContext, 50_000, ordinal).user.split('\n')[0] ?? ''
    expect(drawn(7)).toBe(drawn(7))
    expect(new Set(Array.from({ length: 60 }, (_, ordinal) => drawn(ordinal)))).toEqual(
      new Set(['alpha', 'beta', 'gamma']),
    )
  })

  it('never expands a placeholder that a candidate wrote', () => {
    const trap = '{{known}} {{one of: a | b}} \\{{x'
    const context: PromptContext = {
      ...withParent({ source: `// ${trap}\n`, feedback: trap, console: trap }),
      problem: { ...bareContext.problem, reveal: true },
      attempts: [{ summary: trap, outcome: { ok: false, failure: { kind: 'threw', message: trap } } }],
    }
    const { user } = build(shippedTemplate('diff'), context)
    expect(user.split(trap)).toHaveLength(6)
    expect(user).not.toContain('2.635983084917')
  })

  it('gives nobody but the template a heading', () => {
    const hostile = fc
      .array(
        fc.constantFrom('```', '````', '~~~', '\n', '\n## Reply format\n', '# user\n', '`', 'x', ' ', '\r\n', '\u2028'),
      )
      .map((pieces) => pieces.join(''))
    const template = shippedTemplate('diff')
    const expected = headings(build(template, fullContext).user)
    fc.assert(
      fc.property(hostile, hostile, hostile, (source, text, message) => {
        const failure: CandidateFailure = { kind: 'threw', message }
        const context: PromptContext = {
          ...fullContext,
          parent: {
            ...fullContext.parent,
            source,
            feedback: `x${text}`,
            console: `x${text}`,
            artifacts: { text },
          },
          trail: fullContext.trail.map((step) => ({ ...step, summary: text })),
          tried: fullContext.tried.map((cluster) => ({ ...cluster, anchor: text })),
          insights: [{ id: 1, condition: text, explanation: message, example: source }],
          failedIdeas: [{ summary: text, outcome: { ok: false, failure } }],
          overused: [{ text, elites: 1, of: 1 }],
          inspirations: [{ source: text, objectives: { sum_radii: 1 }, fitness: 1 }],
          attempts: [{ summary: text, outcome: { ok: false, failure } }],
          lessons: [message],
        }
        const { user } = build(template, context)
        expect(headings(user)).toEqual(expected)
        expect(user).toContain(source)
      }),
      { numRuns: 300 },
    )
  })

  it('sends no half of a surrogate pair', () => {
    const { user } = build(shippedTemplate('diff'), withParent({ feedback: 'a\ud800b' }))
    expect(user.isWellFormed()).toBe(true)
  })
})

describe('the token budget', () => {
  const attempts = Array.from({ length: 40 }, (_, index) => ({
    summary: `attempt number ${String(index + 1)}`,
    outcome: { ok: true as const, objectives: { sum_radii: index } },
  }))
  const template = templateOf(
    `# user\n\n## Tried\n\n{{attempts}}\n\n## Said\n\n{{feedback}}\n\n## Printed\n\n{{console}}\n\n## Program\n\n${needed}\n`,
  )
  const size = ({ system, user }: Prompt): number => countTokens(system) + countTokens(user)
  const bare = size(build(template, bareContext))

  it('drops the oldest attempts first and says how many', () => {
    const { user } = build(template, { ...bareContext, attempts }, bare + 200)
    expect(user).toMatch(/\[\.\.\. \d+ older attempts left out\]/)
    expect(user).not.toContain('attempt number 1`')
    expect(user).toContain('attempt number 40`')
  })

  it('shortens the console before the attempts and the attempts before the feedback', () => {
    const context = {
      ...withParent({ console: 'printed\n'.repeat(20), feedback: 'said\n'.repeat(30) }),
      attempts: attempts.slice(0, 5),
    }
    const whole = size(build(template, context, 50_000))
    const order: string[] = []
    for (let budget = whole; budget > bare; budget -= 5) {
      const { sections } = build(template, context, budget)
      for (const { name, text } of sections) if (text.includes('left out]') && !order.includes(name)) order.push(name)
    }
    expect(order).toEqual(['console', 'attempts', 'feedback'])
  })

  it('holds a flooded console to its share even where there is room', () => {
    const { user } = build(template, withParent({ console: 'flood '.repeat(100_000) }), 20_000)
    expect(countTokens(user)).toBeLessThan(bare + 2_100)
    expect(user).toMatch(/\[\.\.\. [\d,]+ characters left out\]/)
  })

  it('shows both ends of a shortened text', () => {
    const console = `${Array.from({ length: 3_000 }, (_, line) => `line ${String(line)}`).join('\n')}\n`
    const { user } = build(template, withParent({ console }), 4_000)
    expect(user).toContain('\nline 0\n')
    expect(user).toContain('\nline 2999\n')
    expect(user).not.toContain('\nline 1500\n')
  })

  it('never shortens the parent or the reply format', () => {
    const source = 'const x = 1\n'.repeat(500)
    const { user } = build(template, { ...withParent({ source, console: 'printed\n'.repeat(99) }), attempts }, 10)
    expect(user).toContain(source)
    expect(user).toContain('>>>>>>> REPLACE')
    expect(user).toContain('[... 40 older attempts left out]')
  })

  it('is kept whenever the parts that cannot be shortened leave room for the notes', () => {
    const text = fc.string({ maxLength: 3_000 })
    fc.assert(
      fc.property(text, text, fc.nat(40), fc.integer({ min: 150, max: 3_000 }), (console, feedback, tried, room) => {
        const context = { ...withParent({ console, feedback }), attempts: attempts.slice(0, tried) }
        expect(size(build(template, context, bare + room))).toBeLessThanOrEqual(bare + room)
      }),
    )
  })

  it('shortens a reply of ten megabytes without counting its tokens whole', () => {
    let longest = 0
    const counting = (text: string): number => {
      longest = Math.max(longest, text.length)
      return countTokens(text)
    }
    const repair = { failure: { kind: 'no-edit-found' as const, message: 'none' }, reply: 'word '.repeat(2_000_000) }
    const room = { budgetTokens: 8_000, countTokens: counting, rng: rngStream(1, 'wording', 1) }
    const prompt = buildPrompt(shippedTemplate('repair'), { ...fullContext, repair }, room)
    expect(size(prompt)).toBeLessThan(8_000)
    expect(longest).toBeLessThan(64_000)
  })
})
