import type { OutcomeDescriptor } from './descriptor.ts'

/**
 * Which scores a program got on its cases, as one number: programs with the same score on every case have the same
 * signature, others almost surely another one, spread evenly from 0 up to, not including, 1.
 *
 * Near signatures mean nothing. As an axis it keeps programs apart that solve different cases, whatever their mean.
 *
 * @see Romera-Paredes et al. 2024, "Mathematical discoveries from program search with large language models", whose
 * clusters are formed by the same scores; FNV-1a for the hash.
 */
export const scoreSignature: OutcomeDescriptor = {
  name: 'score-signature',
  unit: 'hash',
  whole: false,
  reproducible: true,
  measure: ({ scores, objectives }) => {
    const values = Object.keys(scores).length > 0 ? scores : objectives
    const text = Object.entries(values)
      .map(([name, value]) => `${name}=${value.toPrecision(12)}`)
      .sort()
      .join(';')
    let hash = 0x811c9dc5
    for (let index = 0; index < text.length; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    }
    // FNV-1a mixes its low bits better than its high ones, and a fraction is read from the high ones.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296
  },
}
