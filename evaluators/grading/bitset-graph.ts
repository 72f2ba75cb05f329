/** An edge between two vertices by number. */
export type Edge = readonly [one: number, other: number]

/** A cycle that a graph must not have: its vertices in order, three or four of them. */
export type ShortCycle = readonly number[]

/** An undirected graph without loops, its neighbourhoods as sets of bits: 32 vertices to a word. */
export class BitsetGraph {
  readonly #words: number
  readonly #rows: Uint32Array
  #edges = 0
  readonly vertices: number

  /** A graph of `vertices` vertices without edges. */
  constructor(vertices: number) {
    this.vertices = vertices
    this.#words = Math.ceil(vertices / 32)
    this.#rows = new Uint32Array(vertices * this.#words)
  }

  /** Edges so far; each counts once, however often it was added. */
  get edges(): number {
    return this.#edges
  }

  /** Whether two vertices are joined. */
  has(one: number, other: number): boolean {
    return (((this.#rows[one * this.#words + (other >>> 5)] ?? 0) >>> (other & 31)) & 1) === 1
  }

  /** Joins two different vertices. */
  add(one: number, other: number): void {
    if (this.has(one, other)) return
    this.#edges++
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const at = from * this.#words + (to >>> 5)
      this.#rows[at] = (this.#rows[at] ?? 0) | (1 << (to & 31))
    }
  }

  /** How many vertices two have as common neighbours. */
  commonNeighbours(one: number, other: number): readonly number[] {
    const common: number[] = []
    for (let word = 0; word < this.#words; word++) {
      let bits = (this.#rows[one * this.#words + word] ?? 0) & (this.#rows[other * this.#words + word] ?? 0)
      for (; bits !== 0; bits &= bits - 1) common.push(32 * word + 31 - Math.clz32(bits & -bits))
    }
    return common
  }

  /** Neighbours of each vertex, counted. */
  degrees(): readonly number[] {
    return Array.from({ length: this.vertices }, (_, vertex) => this.commonNeighbours(vertex, vertex).length)
  }

  /**
   * Finds a cycle of length 3 or 4, if there is one.
   *
   * Two vertices with two common neighbours are opposite corners of a 4-cycle; two that are joined and have one are part of a
   * triangle.
   */
  shortCycle(): ShortCycle | undefined {
    for (let one = 0; one < this.vertices; one++) {
      for (let other = one + 1; other < this.vertices; other++) {
        const [first, second] = this.commonNeighbours(one, other)
        if (first !== undefined && this.has(one, other)) return [one, other, first]
        if (first !== undefined && second !== undefined) return [one, first, other, second]
      }
    }
    return undefined
  }
}
