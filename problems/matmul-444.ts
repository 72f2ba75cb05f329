/** A product of a form in A, a form in B, and where it goes: coefficients of 2 x 2 matrices, the last one transposed. */
type Rule = [a: number[], b: number[], c: number[]][]

/** Multiplies 2 x 2 matrices with eight products: every row by every column. */
const classical: Rule = [
  [
    [1, 0, 0, 0],
    [1, 0, 0, 0],
    [1, 0, 0, 0],
  ],
  [
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [1, 0, 0, 0],
  ],
  [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ],
  [
    [0, 1, 0, 0],
    [0, 0, 0, 1],
    [0, 0, 1, 0],
  ],
  [
    [0, 0, 1, 0],
    [1, 0, 0, 0],
    [0, 1, 0, 0],
  ],
  [
    [0, 0, 0, 1],
    [0, 0, 1, 0],
    [0, 1, 0, 0],
  ],
  [
    [0, 0, 1, 0],
    [0, 1, 0, 0],
    [0, 0, 0, 1],
  ],
  [
    [0, 0, 0, 1],
    [0, 0, 0, 1],
    [0, 0, 0, 1],
  ],
]

/** Multiplies 2 x 2 matrices with seven products. */
const strassen: Rule = [
  [
    [1, 0, 0, 1],
    [1, 0, 0, 1],
    [1, 0, 0, 1],
  ],
  [
    [0, 0, 1, 1],
    [1, 0, 0, 0],
    [0, 1, 0, -1],
  ],
  [
    [1, 0, 0, 0],
    [0, 1, 0, -1],
    [0, 0, 1, 1],
  ],
  [
    [0, 0, 0, 1],
    [-1, 0, 1, 0],
    [1, 1, 0, 0],
  ],
  [
    [1, 1, 0, 0],
    [0, 0, 0, 1],
    [-1, 0, 1, 0],
  ],
  [
    [-1, 0, 1, 0],
    [1, 1, 0, 0],
    [0, 0, 0, 1],
  ],
  [
    [0, 1, 0, -1],
    [0, 0, 1, 1],
    [1, 0, 0, 0],
  ],
]

// EVOLVE-BLOCK-START
/** Which rule is used for the 2 x 2 matrix of blocks, and which within the blocks. */
const levels = [0, 0]

/** A form in a 4 x 4 matrix out of one in its blocks and one within a block; [real, imaginary] of each coefficient. */
function compose(outer: number[], inner: number[]): [number, number][] {
  return Array.from({ length: 16 }, (_, index): [number, number] => {
    const [row, column] = [Math.floor(index / 4), index % 4]
    const block = outer[2 * Math.floor(row / 2) + Math.floor(column / 2)] ?? 0
    const within = inner[2 * (row % 2) + (column % 2)] ?? 0
    return [block * within, 0]
  })
}

/** The products: forms in A, in B and in the transposed result, over the half Gaussian integers. */
function makeTerms(): [number, number][][][] {
  const rules = [classical, strassen]
  const outer = rules[levels[0] ?? 0] ?? classical
  const inner = rules[levels[1] ?? 0] ?? classical
  return outer.flatMap((block) => inner.map((within) => block.map((form, slot) => compose(form, within[slot] ?? []))))
}
// EVOLVE-BLOCK-END

/** The terms with every coefficient doubled, so that halves become whole numbers. */
export function decompose(): [number, number][][][] {
  return makeTerms().map((term) => term.map((form) => form.map(([re, im]): [number, number] => [2 * re, 2 * im])))
}
