import { defineEvaluator, invalid, z } from 'evolve-agent'

/** Smallest and largest step size of the grid, and how many there are, evenly apart in the logarithm. */
const grid = { from: 1e-4, to: Math.sqrt(10), count: 14 }

/** Updates of one run. */
const steps = 500

/** Functions to minimise, by case id. */
const functions = ['quadratic', 'rosenbrock', 'logistic'] as const

/** A loss below this share of the initial one counts as this share: beyond it float64 decides, not the rule. */
const leastRatio = 1e-16
/** A run that diverges counts as this, and so does a rule that diverges at every step size. */
const diverged = 1e6

/**
 * Looks for an update rule: the objective is the mean over three functions of log10(final loss / initial loss) after 500
 * steps, at the best step size of a grid.
 *
 * The rule never sees a function. It is called once per step with the gradient there, and whoever could look behind the
 * gradient would find a function that is turned in space and started anew for every run of the search. The step size is
 * chosen on one copy of the program and the loss that counts comes from a second copy, which has seen nothing before: what
 * a rule remembers from run to run is worth nothing.
 */
export default defineEvaluator({
  output: z.union([
    z.object({ wrong: z.string() }),
    z.object({
      ratio: z.number().min(0).max(diverged),
      rate: z.number().positive(),
      edge: z.enum(['none', 'smallest', 'largest']),
      memory: z.number().min(0).max(1e6),
    }),
  ]),

  cases: ({ rng }) => functions.map((id) => ({ id, args: [id, rng.int(2 ** 31), steps, grid, diverged] })),

  drive({ call, again }, kind, seed, stepCount, stepSizes, failed) {
    const { from, to, count } = stepSizes as { from: number; to: number; count: number }

    let state = Number(seed)
    const uniform = (): number => {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
    }
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
    const listOf = (length: number, item: (index: number) => number): number[] =>
      Array.from({ length }, (_, index) => item(index))
    const dot = (a: readonly number[], b: readonly number[]): number => {
      let sum = 0
      for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0)
      return sum
    }

    /** An orthonormal basis in random directions, by Gram and Schmidt. */
    const turned = (size: number): number[][] => {
      const basis: number[][] = []
      while (basis.length < size) {
        let vector = listOf(size, normal)
        for (const other of basis) {
          const along = dot(vector, other)
          vector = vector.map((value, index) => value - along * (other[index] ?? 0))
        }
        const length = Math.sqrt(dot(vector, vector))
        basis.push(vector.map((value) => value / length))
      }
      return basis
    }

    type Surface = (point: readonly number[]) => { loss: number; gradient: number[] }

    /** Condition number 1e4, eigenvalues evenly apart in the logarithm. */
    const quadratic = (size: number): Surface => {
      const curvature = listOf(size, (index) => 10 ** ((-4 * index) / (size - 1)))
      return (point) => ({
        loss: point.reduce((sum, value, index) => sum + (curvature[index] ?? 0) * value * value, 0) / 2,
        gradient: point.map((value, index) => (curvature[index] ?? 0) * value),
      })
    }

    const rosenbrock: Surface = (point) => {
      const gradient = point.map(() => 0)
      let loss = 0
      for (let i = 0; i + 1 < point.length; i++) {
        const [x, y] = [point[i] ?? 0, point[i + 1] ?? 0]
        const [valley, slope] = [y - x * x, 1 - x]
        loss += 100 * valley * valley + slope * slope
        gradient[i] = (gradient[i] ?? 0) - 400 * x * valley - 2 * slope
        gradient[i + 1] = 200 * valley
      }
      return { loss, gradient }
    }

    /** Noisy labels of 100 points; the loss is counted from its minimum, which Newton's method finds. */
    const logistic = (size: number): Surface => {
      const truth = listOf(size, normal)
      const points = Array.from({ length: 100 }, () => listOf(size, (index) => normal() * 10 ** (-index / 6)))
      const labels = points.map((point) => (dot(point, truth) + normal() > 0 ? 1 : -1))
      const at = (weights: readonly number[], curved: boolean) => {
        const gradient = weights.map((weight) => 1e-5 * weight)
        const hessian = curved
          ? weights.map((_, row) => weights.map<number>((__, column) => (row === column ? 1e-5 : 0)))
          : []
        let loss = 0.5e-5 * dot(weights, weights)
        for (const [index, point] of points.entries()) {
          const label = labels[index] ?? 1
          const margin = label * dot(point, weights)
          const wrong = 1 / (1 + Math.exp(margin))
          loss += (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin) / points.length
          const pull = (label * wrong) / points.length
          for (let row = 0; row < size; row++) gradient[row] = (gradient[row] ?? 0) - pull * (point[row] ?? 0)
          for (const [row, line] of hessian.entries()) {
            const bend = (wrong * (1 - wrong) * (point[row] ?? 0)) / points.length
            for (let column = 0; column < size; column++) {
              line[column] = (line[column] ?? 0) + bend * (point[column] ?? 0)
            }
          }
        }
        return { loss, gradient, hessian }
      }
      /** Gauss elimination; the matrix is positive definite. */
      const solved = (matrix: readonly (readonly number[])[], right: readonly number[]): number[] => {
        const rows = matrix.map((row, index) => [...row, right[index] ?? 0])
        for (let column = 0; column < size; column++) {
          const pivot = rows[column] ?? []
          for (let row = 0; row < size; row++) {
            const line = rows[row] ?? []
            if (row === column) continue
            const factor = (line[column] ?? 0) / (pivot[column] ?? 1)
            for (let k = column; k <= size; k++) line[k] = (line[k] ?? 0) - factor * (pivot[k] ?? 0)
          }
        }
        return rows.map((row, index) => (row[size] ?? 0) / (row[index] ?? 1))
      }
      let best = listOf(size, () => 0)
      for (let round = 0; round < 30; round++) {
        const { gradient, hessian } = at(best, true)
        const change = solved(hessian, gradient)
        best = best.map((weight, index) => weight - (change[index] ?? 0))
      }
      const least = at(best, false).loss
      return (weights) => {
        const { loss, gradient } = at(weights, false)
        return { loss: Math.max(0, loss - least), gradient }
      }
    }

    const shapes = {
      quadratic: { size: 20, surface: quadratic, start: normal },
      rosenbrock: { size: 10, surface: () => rosenbrock, start: () => 1.5 * uniform() - 0.75 },
      logistic: { size: 10, surface: logistic, start: () => 2 * normal() },
    }
    const { size, surface: make, start } = shapes[kind as keyof typeof shapes]
    const surface = make(size)
    const basis = turned(size)
    const columns = listOf(size, (index) => index).map((index) => basis.map((row) => row[index] ?? 0))
    const inside = listOf(size, start)
    const seen = (point: readonly number[]): { loss: number; gradient: number[] } => {
      const { loss, gradient } = surface(basis.map((direction) => dot(direction, point)))
      return { loss, gradient: columns.map((column) => dot(column, gradient)) }
    }
    const first = columns.map((column) => dot(column, inside))
    const initial = seen(first).loss

    type Remembered = ReturnType<typeof call>
    let [wrong, kept] = ['', 0]
    const countOf = (value: unknown): number => {
      if (Array.isArray(value)) return value.reduce((sum: number, item: unknown) => sum + countOf(item), 0)
      return typeof value === 'object' && value !== null ? countOf(Object.values(value)) : 1
    }

    const ratioOf = (update: typeof call, rate: number): number => {
      let point = first
      let memory: Remembered = null
      for (let step = 1; step <= Number(stepCount); step++) {
        const { loss, gradient } = seen(point)
        if (!(loss < Number(failed) * initial)) return Number(failed)
        const answer = update({ gradient, memory, step, rate })
        const { change, memory: next } = (answer ?? {}) as { change?: Remembered; memory?: Remembered }
        const moves = Array.isArray(change) ? change.filter((each) => typeof each === 'number') : []
        if (moves.length !== size || (change as readonly unknown[]).length !== size) {
          wrong = `update must return { change, memory } with a list of ${size} numbers as change`
          return Number(failed)
        }
        point = point.map((value, index) => value + (moves[index] ?? 0))
        memory = next ?? null
      }
      kept = memory === null ? 0 : countOf(memory) / size
      const { loss } = seen(point)
      return loss < Number(failed) * initial ? loss / initial : Number(failed)
    }

    const rates = listOf(count, (index) => from * (to / from) ** (index / (count - 1)))
    let [chosen, least] = [0, Infinity]
    for (const [index, rate] of rates.entries()) {
      const ratio = ratioOf(call, rate)
      if (wrong !== '') return { wrong }
      if (ratio < least) [chosen, least] = [index, ratio]
    }
    const rate = rates[chosen] ?? from
    const ratio = ratioOf(again, rate)
    if (wrong !== '') return { wrong }
    const edge = chosen === 0 ? 'smallest' : chosen === count - 1 ? 'largest' : 'none'
    return { ratio, rate, edge, memory: kept }
  },

  score({ cases }) {
    const scores: Record<string, number> = {}
    const told: string[] = []
    let memory = 0
    for (const each of cases) {
      if (!each.ok) return each.failure
      if ('wrong' in each.value) return invalid(each.value.wrong)
      const { ratio, rate, edge } = each.value
      scores[each.id] = Math.log10(Math.max(leastRatio, ratio))
      memory = Math.max(memory, each.value.memory)
      const where = edge === 'none' ? '' : `, the ${edge} of the grid`
      told.push(
        `${each.id} to ${ratio.toExponential(2)} of the initial loss at step size ${rate.toPrecision(2)}${where}`,
      )
    }
    const values = Object.values(scores)
    return {
      objectives: { mean_log10_loss: values.reduce((sum, value) => sum + value, 0) / values.length },
      scores,
      feedback: `After ${steps} steps: ${told.join('; ')}.`,
      descriptors: { numbers_per_parameter: memory },
    }
  },
})
