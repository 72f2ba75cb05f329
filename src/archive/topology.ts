/** The migration seam: where an island's best go. Pure. */
export interface MigrationTopology {
  readonly name: string
  /** Islands that receive from `island`, among `count` islands numbered from 0; never `island` itself. */
  targets(island: number, count: number): readonly number[]
}

/** Each island sends to the next one; the last sends to the first. */
export const ring: MigrationTopology = {
  name: 'ring',
  targets: (island, count) => (count > 1 ? [(island + 1) % count] : []),
}
