import { describe, expect, it } from 'vitest'
import { expandReferences, restoreReferences } from '../../src/config/environment.ts'
import { goodHead, errorsOf, mistakesOf, problemFolder } from './problem-folder.ts'
import fc from '../seeded-properties.ts'

const { read, write } = problemFolder()

describe('references to the environment', () => {
  it('are replaced anywhere in text values, once', () => {
    const { problem } = read(`${goodHead}description: "\${A}-\${B}, $\${A} and $\${\${A}}"\n`, { A: '${B}', B: 'two' })
    expect(problem.description).toBe('${B}-two, ${A} and ${${B}}')
  })

  it('may stand in paths, durations and names', () => {
    const yaml = goodHead.replace('program.ts', '"${P}.ts"').replace('demo', '${N}')
    const { problem } = read(`${yaml}limits: { time: "\${T}" }\n`, { P: 'program', N: 'other', T: '3s' })
    expect(problem).toMatchObject({ name: 'other', limits: { timeMs: 3000 } })
  })

  it('are left alone in keys', () => {
    expect(mistakesOf(() => read(`${goodHead}"\${A}": 1\n`, { A: 'reveal' }))[0]).toMatch(/^6:1 \$\{A\}: is not a key/)
  })

  it.each([
    [
      '${NOPE}',
      /^6:14 description: refers to the environment variable NOPE, which is not set or empty: set it, or write \$\$\{NOPE\}/,
    ],
    ['${EMPTY}', /^6:14 description: refers to the environment variable EMPTY, which is not set or empty/],
    ['${A-b}', /^6:14 description: has "\$\{" without the name of an environment variable/],
    ['${}', /^6:14 description: has "\$\{" without/],
    ['${A', /^6:14 description: has "\$\{" without/],
    ['${toString}', /^6:14 description: refers to the environment variable toString, which is not set/],
  ])('that cannot be followed, such as %s, are told', (text, message) => {
    const [found, ...more] = mistakesOf(() => read(`${goodHead}description: "${text}"\n`, { A: 'x', EMPTY: '' }))
    expect(found).toMatch(message)
    expect(more).toEqual([])
  })

  it('give text, which is said where a number is needed', () => {
    expect(mistakesOf(() => read(`${goodHead}budget: { usd: "\${N}" }\n`, { N: '5' }))).toEqual([
      '6:16 budget.usd: must be a number above 0, but this is "${N}"; a reference always gives text',
    ])
  })
})

describe('keys of providers', () => {
  const withKey = (key: string): string =>
    `${goodHead}llm:\n  models: [{ provider: openai, model: m, api_key: ${key} }]\n`

  it.each(['sk-literal', '"Bearer ${KEY}"', '"$${KEY}"', '"${KEY}x"', '""'])(
    'written as %s are refused and not repeated',
    (key) => {
      const [message, ...more] = mistakesOf(() => read(withKey(key), { KEY: 'secret-value' }))
      expect(more).toEqual([])
      expect(message).toMatch(
        /^7:51 llm\.models\[0\]\.api_key: must be a reference such as \$\{OPENAI_API_KEY\} and nothing else/,
      )
      expect(message).not.toMatch(/sk-literal|Bearer|secret-value/)
    },
  )

  it('that are numbers or lists are refused and not repeated', () => {
    for (const key of ['12345', '[12345]', '{ k: 12345 }']) {
      const found = mistakesOf(() => read(withKey(key)))
      expect(found.length).toBeGreaterThan(0)
      expect(found.join('\n')).not.toContain('12345')
    }
  })

  it('may not hide in an address', () => {
    const yaml = `${goodHead}llm: { models: [{ provider: openai, model: m, base_url: "https://u:hunter2@host/v1" }] }\n`
    expect(mistakesOf(() => read(yaml))).toEqual([
      '6:57 llm.models[0].base_url: must be an http or https address without user name, password, query or fragment',
    ])
  })

  it('are in the problem and nowhere in the effective text', () => {
    const { problem, effective } = read(withKey('"${KEY}"'), { KEY: 'secret-value' })
    expect(problem.llm.models[0]?.apiKey).toBe('secret-value')
    expect(effective).toContain('api_key: ${KEY}')
    expect(effective).not.toContain('secret-value')
  })
})

describe('the value of a variable', () => {
  const secret = 'SECRET-7f3a'
  write(`${secret}.ts`, 'export const unmarked = 1\n')
  it.each([
    'name: "${S} x"',
    'program: { file: "${S}.ts", entry: "${S}" }',
    'program: { file: "${S}/gone.ts", entry: solve }',
    'program: { file: "${S}.py", entry: solve }',
    'evaluator: "${S}"',
    'objectives: [{ name: "${S}!", direction: "${S}" }, { name: a, direction: maximize }, { name: a, direction: maximize }]',
    'limits: { time: "${S}", memory: "${S}" }',
    'search: { sampler: "${S}" }',
    'budget: { usd: "${S}" }',
    'llm: { models: [{ provider: "${S}", model: m, base_url: "${S}", temperature: "${S}" }] }',
    'llm: { models: [{ provider: openai, model: "${S}" }, { provider: openai, model: "${S}" }], repair: "${S}x" }',
  ])('appears in no message about %s', (line) => {
    const key = line.slice(0, line.indexOf(':'))
    const head = goodHead
      .split('\n')
      .filter((other) => !other.startsWith(`${key}:`) && !(key === 'objectives' && other.startsWith('  -')))
    const errors = errorsOf(() => read(`${line}\n${head.join('\n')}`, { S: secret }))
    expect(JSON.stringify(errors.map(({ message, location }) => ({ message, location })))).not.toContain(secret)
  })
})

it('restores what was written wherever a reference was replaced', () => {
  const text = fc.stringMatching(/^[a-z]{0,4}(\$\{A\}|\$\$\{|[a-z])[a-z]{0,4}$/)
  const tree = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('tree')),
    ),
  })).tree
  fc.assert(
    fc.property(tree, (written) => {
      const expanded = expandReferences(written, { A: 'value' })
      expect(expanded.mistakes).toEqual([])
      expect(JSON.stringify(expanded.tree)).not.toContain('${A}')
      expect(restoreReferences(expanded.tree, written)).toEqual(written)
    }),
  )
})
