import type { Budget, Goals } from '../config/problem.ts'
import type { Clock } from '../core/clock.ts'
import type { Json } from '../core/json.ts'
import type { RunStore } from '../store/run-store.ts'

/** What somebody changes about a run that is at work. Only what is named changes. */
export interface Settings extends Partial<Budget>, Partial<Goals> {
  readonly concurrency?: number | undefined
}

/** One order to a run, given from outside its process. */
export type Order = { readonly id: string } & (
  | { readonly kind: 'set'; readonly settings: Settings }
  | { readonly kind: 'hint'; readonly text: string }
  | { readonly kind: 'stop' }
)

/** Kind of the event that an order leaves in the store when it takes effect. */
export const steeringEvent = 'steered'

/** Where orders come from. */
export interface OrderSource {
  /** Orders that have arrived since the last call, in the order in which they were given. Each is told once. */
  take(): readonly Order[]
  /** Path of the stop file, if somebody has made it. */
  stopFile(): string | undefined
}

/** Nobody gives orders. */
export const noOrders: OrderSource = { take: () => [], stopFile: () => undefined }

/** How often a run looks for orders, in milliseconds. */
export const steeringEveryMs = 400

/** An order as the store remembers it. */
export interface Steered {
  readonly order: Order
  /** Candidates made before it took effect: it holds for those with a higher ordinal. */
  readonly after: number
}

/** The order as an event's data. */
function steeredData({ order, after }: Steered): Json {
  return JSON.parse(JSON.stringify({ ...order, after })) as Json
}

/** What an order changes of a run. */
interface SteeredRun {
  readonly store: Pick<RunStore, 'totals' | 'budget' | 'setBudget' | 'event'>
  readonly clock: Clock
  readonly steering: { readonly log: Steered[] }
}

/** Writes down that an order has taken effect, and changes the stored budget when it says so. */
export function noteOrder({ store, clock, steering }: SteeredRun, order: Order): void {
  const steered = { order, after: store.totals().selected }
  if (order.kind === 'set') {
    const { candidates, usd, tokens, wallMs } = { ...store.budget(), ...order.settings }
    store.setBudget({ candidates, usd, tokens, wallMs })
  }
  store.event(steeringEvent, steeredData(steered), clock.now())
  steering.log.push(steered)
}

/** Reads the orders of a run back from its events, the first one first. */
export function steeredOf(events: Iterable<Json>): readonly Steered[] {
  return [...events].map((data) => {
    const { after, ...order } = data as unknown as Order & { after: number }
    return { order, after }
  })
}

/** All settings that were changed, the latest of each. */
export function settingsOf(steered: readonly Steered[]): Settings {
  return steered.reduce<Settings>(
    (settings, { order }) => (order.kind === 'set' ? { ...settings, ...order.settings } : settings),
    {},
  )
}

/** The hints that hold for a candidate, the first one given first. */
export function hintsFor(steered: readonly Steered[], ordinal: number): readonly string[] {
  return steered.flatMap(({ order, after }) => (order.kind === 'hint' && after < ordinal ? [order.text] : []))
}
