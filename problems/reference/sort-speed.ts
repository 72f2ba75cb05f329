/** The built-in sort of numbers at its best: a typed array needs no comparison function. */
export function sort(values: number[]): Float64Array {
  return new Float64Array(values).sort()
}
