/** A law of two variables to be found from its values. `a` and `b` are constants drawn for each run. */
export interface Law {
  readonly id: string
  readonly at: (x: number, y: number, a: number, b: number) => number
}

/** Laws of the search. Their order is that of the cases. */
export const searchLaws: readonly Law[] = [
  { id: 'cubic', at: (x, _y, a, b) => x * x * x + a * x * x + b * x },
  { id: 'saddle', at: (x, y, a, b) => a * x * y + b * (x - y) },
  { id: 'wave', at: (x, y, a, b) => a * Math.sin(x) + b * y * y },
  { id: 'growth', at: (x, y, a, b) => a * Math.exp(x / 2) - b * y },
  { id: 'quotient', at: (x, y, a, b) => (a * x + b) / (3 + y) },
  { id: 'distance', at: (x, y, a) => Math.sqrt(a + x * x + y * y) },
]

/** Laws that are only met at the end: of the same kind, none of them above. */
export const holdoutLaws: readonly Law[] = [
  { id: 'quartic', at: (x, y, a, b) => x * x * x * x - a * x * x + b * y },
  { id: 'product', at: (x, y, a, b) => (x + a) * (y - b) },
  { id: 'phase', at: (x, y, a, b) => a * Math.cos(x + y) + b },
  { id: 'decay', at: (x, y, a, b) => a * Math.exp(-x / 2) + b * x * y },
]
