import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parsePython, unboundNames } from '../../src/syntax/python.ts'
import { leaveTheBlocks } from '../../src/variation/evolve-block.ts'
import { perturb, perturbLiterals } from '../../src/variation/perturb.ts'

const source = readFileSync(new URL('../../problems/python-min-max-distance.py', import.meta.url), 'utf8')
const donor = source.replace('dx = one[0] - other[0]', 'dx = 1.5 * (one[0] - other[0])\n                points.sort()')

function childrenOf(text: string, count: number, language = 'python', donors: readonly string[] = [donor]) {
  return Array.from({ length: count }, (_, seed) =>
    perturb.vary({
      parent: { source: text, traits: {} },
      inspirations: donors.map((each) => ({ source: each })),
      seed: String(seed),
      language,
    }),
  )
}

describe('perturb in Python', () => {
  const children = childrenOf(source, 400)
  const made = children.flatMap((child) => (child.ok ? [child] : []))

  it('makes a different child for nearly every draw, and the same one again for the same seed', () => {
    expect(made.length).toBeGreaterThan(390)
    expect(new Set(made.map((child) => child.source)).size).toBeGreaterThan(350)
    expect(childrenOf(source, 3)).toEqual(children.slice(0, 3))
  })

  it('changes numbers, operators, expressions and statements', () => {
    const kinds = new Set(made.map(({ change }) => (change.detail as { kind: string }).kind))
    expect([...kinds].sort()).toEqual(
      ['clamp', 'delete-statement', 'duplicate-statement', 'literal', 'operator', 'splice', 'splice-statement'].concat([
        'swap-statements',
        'unwrap',
        'wrap',
      ]),
    )
  })

  it('keeps to the evolve block, keeps every function and reads no name that is nowhere bound', () => {
    const known = new Set([...unboundNames(parsePython(source).root, source), 'min', 'max', 'abs'])
    for (const child of made) {
      expect(leaveTheBlocks(source, child.source)).toBeUndefined()
      expect(child.source.match(/^def \w+/gm)).toEqual(source.match(/^def \w+/gm))
      for (const name of unboundNames(parsePython(child.source).root, child.source)) expect(known).toContain(name)
    }
  })

  it.runIf(hasPython())('makes only programs that Python can compile', () => {
    const script = 'import json, sys\nfor text in json.load(sys.stdin): compile(text, "child", "exec")'
    execFileSync('python3', ['-c', script], { input: JSON.stringify(made.map((child) => child.source)) })
  })

  it('moves numbers alone as perturb-literals', () => {
    const child = perturbLiterals.vary({
      parent: { source, traits: {} },
      inspirations: [],
      seed: 's',
      language: 'python',
    })
    const blanked = (text: string): string => text.replaceAll(/\(?-?\d+(\.\d*)?(e-?\d+)?\)?/g, '#')
    expect(child.ok && blanked(child.source)).toBe(blanked(source))
    expect(child.ok && child.source).not.toBe(source)
  })

  it('says where the markers of a program are wrong', () => {
    const [child] = childrenOf('# EVOLVE-BLOCK-START\nx = 1\n', 1)
    expect(child).toMatchObject({ ok: false, failure: { kind: 'outside-evolve-block' } })
  })
})

describe('names that a Python program reads unbound', () => {
  it.each([
    ['x = 1\ndef f(a, b=x, *c):\n    d = a + b\n    return [e * d for e in c]\n', []],
    ['def f():\n    return g(y)\n', ['g', 'y']],
    ['def f():\n    z = 1\n\ndef h():\n    return z\n', ['z']],
    ['import math as m, sys\nfrom os import path\nm.pi; sys.x; path.y; os\n', ['os']],
    ['with open("f") as g:\n    g.read()\ntry:\n    pass\nexcept E as e:\n    e\n', ['E', 'open']],
    ['f = lambda q, r=s: q + r + t\n', ['s', 't']],
    ['(n := 3) + n\nfor i, (j, k) in p: i + j + k\nd["x"] = 1\n', ['d', 'p']],
    ['class C:\n    a = 1\n    def f(self): return C.a, self.b(key=3)\n', []],
    ['f"{u} and {v:.3f}"\n', ['u', 'v']],
  ])('in %j are %j', (text, names) => {
    expect([...unboundNames(parsePython(text).root, text)].sort()).toEqual([...names].sort())
  })
})

describe('perturb in a language without a parser', () => {
  const text = `// 1 is not 2
// EVOLVE-BLOCK-START
#define N 3
const char *s = "4 and 5.5"; // 6
float v = 1.5f + x7 * 0x1F - .25e-1; /* 8 */
unsigned u = 9u;
// EVOLVE-BLOCK-END
`

  it('moves decimal numbers outside of comments, texts and names, and keeps whole ones whole', () => {
    const children = childrenOf(text, 200, 'c', []).flatMap((child) => (child.ok ? [child.source] : []))
    expect(children.length).toBeGreaterThan(190)
    for (const child of children) {
      expect(child).toMatch(
        /^\/\/ 1 is not 2\n\/\/ EVOLVE-BLOCK-START\n#define N 3\nconst char \*s = "4 and 5\.5"; \/\/ 6\nfloat v = \(?-?[\d.e+-]+\)?f \+ x7 \* 0x1F - \(?-?[\d.e+-]+\)?; \/\* 8 \*\/\nunsigned u = \(?-?\d+\)?u;\n\/\/ EVOLVE-BLOCK-END\n$/,
      )
    }
  })
})

function hasPython(): boolean {
  try {
    return execFileSync('python3', ['-c', 'print(1)'], { encoding: 'utf8' }) === '1\n'
  } catch {
    return false
  }
}
