import type { Descriptor } from './descriptor.ts'

/** How long the genome is: its UTF-16 code units, comments and spaces included. At least 0. */
export const sourceLength: Descriptor = {
  name: 'source-length',
  unit: 'characters',
  whole: true,
  measure: ({ genome }) => genome.length,
}
