import { describe, expect, test } from 'vitest'
import { perturb } from '../../src/variation/perturb.ts'
import { textDialect } from '../../src/variation/text-dialect.ts'
import { textReductions } from '../../src/variation/text-reductions.ts'
import { tune } from '../../src/variation/tune.ts'

const marked = (code: string): string => `// EVOLVE-BLOCK-START\n${code}\n// EVOLVE-BLOCK-END\n`

const literalsOf = (code: string, language: string) => {
  const source = marked(code)
  const { literals = [] } = textDialect(language).read(source) ?? {}
  return literals.map(({ start, end, least }) => [source.slice(start, end), least])
}

/** The texts of many children, markers aside. */
const childrenOf = (code: string, language: string, count = 400): readonly string[] =>
  Array.from({ length: count }, (_, seed) => {
    const made = perturb.vary({
      parent: { source: marked(code), traits: { step: 1 } },
      inspirations: [],
      seed: String(seed),
      language,
    })
    return made.ok ? made.source.split('\n').slice(1, -2).join('\n') : code
  })

describe('numbers of programs without a parser here', () => {
  test.each([
    [
      'wgsl',
      'let a = 3u + 4i; let b = 2.5f + 1h + 7;',
      [
        ['3u', 0],
        ['4i', undefined],
        ['2.5f', undefined],
        ['1h', undefined],
        ['7', 0],
      ],
    ],
    [
      'wgsl',
      '@group(0) @binding(1) @compute @workgroup_size(8, 4)',
      [
        ['8', 1],
        ['4', 1],
      ],
    ],
    [
      'wgsl',
      'const N = 8; var<workgroup> t: array<vec4f, 16>; x = 0x1Fu; switch s { case 3: {} }',
      [
        ['8', 1],
        ['16', 1],
      ],
    ],
    [
      'wgsl',
      'for (var i = 0u; i < n; i += 2) {}',
      [
        ['0u', 0],
        ['2', 0],
      ],
    ],
    [
      'cuda',
      '__shared__ float t[16][17]; constexpr int N = 4; float x = 1.5f * t[2][0] - 3;',
      [
        ['16', 1],
        ['17', 1],
        ['4', 1],
        ['1.5f', undefined],
        ['2', 0],
        ['0', 0],
        ['3', undefined],
      ],
    ],
    [
      'cpp',
      "auto a = 10ull + 1'000 + 2L; case 3: return 5;",
      [
        ['10ull', 0],
        ['2L', undefined],
        ['5', undefined],
      ],
    ],
    [
      'rust',
      'let a = 3u32 + 4_i64 + 1_000 + 2.5f32;',
      [
        ['3u32', 0],
        ['4_i64', undefined],
        ['2.5f32', undefined],
      ],
    ],
    [
      'julia',
      'x = 3 + 2.5',
      [
        ['3', undefined],
        ['2.5', undefined],
      ],
    ],
  ])('of %s in %s carry their types', (language, code, literals) => {
    expect(literalsOf(code, language)).toEqual(literals)
  })

  test('keep their suffix, also where parentheses go round them', () => {
    const children = childrenOf('y = x * 1.5f - 0.25f;', 'cuda')
    expect(children.some((text) => /\(-[\d.e-]+f\)/.test(text))).toBe(true)
    for (const text of children) {
      expect(text).toMatch(/^y = x \* (?:\(-?[\d.e+-]+f\)|[\d.e+-]+f) - (?:\(-?[\d.e+-]+f\)|[\d.e+-]+f);$/)
      expect(text).not.toMatch(/\)f|\d+(?<![.e]\d*)f/)
    }
  })

  test('are never negative where their type has no such number, and never 0 where they are a size', () => {
    const code = 'const N = 4;\nlet a = 1u + 0u;\nvar t: array<f32, 2>;\n@compute @workgroup_size(8, 1)'
    const children = childrenOf(code, 'wgsl')
    expect(new Set(children).size).toBeGreaterThan(100)
    expect(children.some((text) => text.includes('let a = 0u'))).toBe(true)
    for (const text of children) {
      expect(text).not.toContain('-')
      expect(text).not.toMatch(/const N = 0;|f32, 0>|size\(0|, 0\)/)
    }
  })

  test('are tuned with their suffix', () => {
    const made = tune.vary({
      parent: { source: marked('let y = 1.5f * x;'), traits: {} },
      inspirations: [],
      seed: '1',
      language: 'wgsl',
    })
    expect(made.ok && made.source).toMatch(/let y = \(?-?[\d.e-]+f\)? \* x;/)
  })

  test('are made shorter with their suffix', () => {
    const source = marked('let y = 1.2345f32 * x;')
    const shorter = textReductions(source, 'rust').flatMap(({ kind, edits }) => (kind === 'number' ? edits : []))
    expect(shorter.map(({ text }) => text)).toEqual(['1.0f32', '1.2f32', '1.234f32'])
  })
})
