import type { OutcomeDescriptor } from './descriptor.ts'

/**
 * How long a program runs, over all its cases together, in doublings of a microsecond: class `c` lasts from `2^c`
 * microseconds up to twice that. Ten milliseconds are class 13, ten seconds class 23. At least 0.
 *
 * Not reproducible: the same program may fall into another class on another machine, or next to a busy neighbour.
 */
export const runTimeClass: OutcomeDescriptor = {
  name: 'run-time-class',
  unit: 'doublings of a microsecond',
  whole: true,
  reproducible: false,
  measure: ({ caseMs }) => {
    if (caseMs.length === 0) return undefined
    const microseconds = 1000 * caseMs.reduce((sum, ms) => sum + ms, 0)
    return microseconds < 1 ? 0 : Math.floor(Math.log2(microseconds))
  },
}
