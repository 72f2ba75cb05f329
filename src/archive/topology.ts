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

/** Island 0 is the hub: it sends to all others and they send to it alone. */
export const star: MigrationTopology = {
  name: 'star',
  targets: (island, count) => (island === 0 ? others(0, count) : [0]),
}

/** Every island sends to every other one. */
export const complete: MigrationTopology = {
  name: 'complete',
  targets: others,
}

/** Nobody sends: islands are as separate as runs. */
export const none: MigrationTopology = {
  name: 'none',
  targets: () => [],
}

function others(island: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index).filter((index) => index !== island)
}
