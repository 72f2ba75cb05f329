/** An evaluator whose one case calls the entry without arguments, and whose objective `value` is the number that it returns. */
export const valueEvaluator = `import { defineEvaluator, z } from 'evolve-agent'
export default defineEvaluator({
  output: z.number(),
  cases: () => [{ id: 'only', args: [] }],
  score({ cases: [only] }) {
    return only.ok ? { objectives: { value: only.value } } : only.failure
  },
})
`

/** A program whose function `f(k)` has three numbers to move. */
export const threeNumbers = `// EVOLVE-BLOCK-START
export function f(k) {
  const a = 0.5
  const b = 3.25
  const c = 17
  return a * b * k + c / 7 - c * Math.cos(b * k + a)
}
// EVOLVE-BLOCK-END
`
