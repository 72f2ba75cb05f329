/** One step of an optimisation as the rule sees it. */
interface Step {
  /** Gradient of the loss at the current point. */
  gradient: number[]
  /** What the rule returned as memory at the step before; null at the first. */
  memory: number[][] | null
  /** Counts from 1. */
  step: number
  /** The step size; several are tried and the best one counts. */
  rate: number
}

// EVOLVE-BLOCK-START
/** Share of the average that stays at every step. */
const stays = 0.1

/** How much of the newest gradient joins the average. */
const joins = 1.0

/** Gradients whose parts are all below this count as zero. */
const smallest = 1e-12

/** Decides how far each parameter moves, and what to remember for the next step. */
function decide(gradient: number[], average: number[], rate: number): { change: number[]; average: number[] } {
  const next = average.map((value, i) => stays * value + joins * (gradient[i] ?? 0))
  const change = next.map((value) => (Math.abs(value) < smallest ? 0 : -rate * value))
  return { change, average: next }
}
// EVOLVE-BLOCK-END

/** The update rule: the change of every parameter, and the memory for the next step. */
export function update({ gradient, memory, rate }: Step): { change: number[]; memory: number[][] } {
  const { change, average } = decide(gradient, memory?.[0] ?? gradient.map(() => 0), rate)
  return { change, memory: [average] }
}
