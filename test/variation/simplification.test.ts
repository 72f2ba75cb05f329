import { describe, expect, it } from 'vitest'
import { Simplification } from '../../src/variation/simplification.ts'

const block = (body: string): string => `// EVOLVE-BLOCK-START\n${body}// EVOLVE-BLOCK-END\n`

/** Forty statements of which two are needed, and code around them. */
const wanted = [11, 30]
const long = block(
  `export function f(n) {\n  let sum = 0\n${Array.from({ length: 40 }, (_, index) => `  sum += n * ${String(index)}\n`).join('')}  return sum\n}\n`,
)
const isGood = (source: string): boolean =>
  wanted.every((number) => source.includes(`sum += n * ${String(number)}\n`)) && source.includes('return sum')

/** Shortens a program for as long as a judge agrees, with so many attempts at a time. */
function shortened(source: string, judge: (source: string) => boolean, atOnce = 1) {
  const begun = Simplification.of(source, 'javascript')
  if (!('next' in begun)) throw new Error(begun.message)
  const tried: string[] = []
  for (let batch = begun.next(atOnce); batch.length > 0; batch = begun.next(atOnce)) {
    for (const attempt of batch) {
      tried.push(attempt.source)
      if (!judge(attempt.source)) begun.refuse(attempt)
      else {
        begun.accept(attempt)
        break
      }
    }
  }
  return { source: begun.source, length: begun.length, tried }
}

describe('making a program shorter', () => {
  it('leaves exactly what the judge asks for', () => {
    const { source } = shortened(long, isGood)
    expect(source).toBe(
      block('export function f(n) {\n  let sum = 0\n  sum += n * 11\n  sum += n * 30\n  return sum\n}\n'),
    )
  })

  it('finds the few lines that count with a number of attempts that grows with their logarithm', () => {
    const wide = (lines: number) =>
      block(
        `export function f(n) {\n  let sum = 0\n${'  sum += 7\n'.repeat(lines)}  sum += n * 11\n  sum += n * 30\n${'  sum += 7\n'.repeat(lines)}  return sum\n}\n`,
      )
    const [few, many] = [20, 200].map((lines) => shortened(wide(lines), isGood))
    expect(many?.source).toBe(few?.source)
    // Ten times the lines, and less than twice the attempts (25 and 40 when this was written).
    expect(many?.tried.length).toBeLessThan(2 * (few?.tried.length ?? 0))
  })

  it('ends where no single reduction is accepted, and tries nothing twice', () => {
    const { source, tried } = shortened(long, isGood)
    expect(new Set(tried).size).toBe(tried.length)
    const again = shortened(source, isGood)
    expect(again.source).toBe(source)
    expect(again.tried.length).toBeGreaterThan(0)
  })

  it('gives the same program after the same attempts, however many are tried side by side', () => {
    const alone = shortened(long, isGood)
    expect(shortened(long, isGood, 7)).toEqual(alone)
  })

  it('gives everything away that a judge who accepts all lets go, and keeps what the module exports', () => {
    const { source } = shortened(long, () => true)
    expect(source).toBe(block('export function f() {\n}\n'))
  })

  it('says why a program cannot be read', () => {
    expect(Simplification.of(block('function f( {\n'), 'javascript')).toMatchObject({ kind: 'syntax' })
    expect(Simplification.of('no markers', 'text')).toMatchObject({ kind: 'outside-evolve-block' })
  })
})
