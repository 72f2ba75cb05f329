import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { nearestName } from '../config/nearest.ts'
import { parseDuration } from '../config/units.ts'
import { InfrastructureError, UserError } from '../core/errors.ts'
import { systemClock } from '../core/system-clock.ts'
import { noteOrder, steeredOf, steeringEvent } from '../run/steering.ts'
import type { Order, Settings } from '../run/steering.ts'
import { giveOrder } from '../store/orders-folder.ts'
import { resolveRun } from '../store/runs-folder.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import { openSqliteRun } from '../store/sqlite/run-store.ts'
import type { Io } from './io.ts'

/** The flags of the verbs that steer a run. */
export interface SteerFlags {
  readonly runsDir: string
}

/** `evolve set <run> usd=20 concurrency=16`: changes limits of a run, at work or not. */
export async function setVerb(io: Io, run: string, changes: readonly string[], flags: SteerFlags): Promise<number> {
  return give(io, run, { id: randomUUID(), kind: 'set', settings: parseSettings(changes) }, flags)
}

/** `evolve hint <run> "text"`: a hint that enters the prompts of later candidates. */
export async function hintVerb(io: Io, run: string, text: string, flags: SteerFlags): Promise<number> {
  if (text.trim() === '') throw new UserError('the hint is empty: say what the author of the next program should know')
  return give(io, run, { id: randomUUID(), kind: 'hint', text: text.trim() }, flags)
}

/** `evolve stop <run>`: stop selecting, finish what is in flight. */
export async function stopVerb(io: Io, run: string, flags: SteerFlags): Promise<number> {
  return give(io, run, { id: randomUUID(), kind: 'stop' }, flags)
}

/** How long a run may take to answer, and how often it is looked for. A run looks for orders every 0.4 s. */
const patienceMs = 10_000
const everyMs = 50

async function give(io: Io, run: string, order: Order, flags: SteerFlags): Promise<number> {
  const dir = resolveRun(flags.runsDir, run)
  const say = (text: string): number => {
    io.out.write(`${run}: ${text}\n`)
    return 0
  }
  if (stateOf(dir) !== 'running') return say(withoutOwner(dir, order))
  const file = giveOrder(dir, order, systemClock.now())
  for (const until = systemClock.now() + patienceMs; systemClock.now() < until;) {
    const after = takenAfter(dir, order)
    if (after !== undefined) return say(`${inWords(order)}, from candidate ${String(after + 1)} on`)
    if (stateOf(dir) !== 'running') {
      rmSync(file, { force: true })
      // It may have taken the order with its last breath.
      return say(takenAfter(dir, order) === undefined ? withoutOwner(dir, order) : inWords(order))
    }
    await systemClock.sleep(everyMs)
  }
  const left = existsSync(file) ? `; the order waits in ${file}` : ''
  throw new InfrastructureError(`the process of run ${run} does not answer${left}`)
}

/** Carries out an order to a run that no process works on. */
function withoutOwner(dir: string, order: Order): string {
  if (order.kind === 'stop') return 'is not at work'
  const store = openSqliteRun(dir)
  try {
    noteOrder({ store, clock: systemClock, steering: { log: [] } }, order)
  } finally {
    store.close()
  }
  return `${inWords(order)}, from its next candidate on`
}

function stateOf(dir: string) {
  const reader = openReadOnly(dir)
  try {
    return reader.state()
  } finally {
    reader.close()
  }
}

function takenAfter(dir: string, { id }: Order): number | undefined {
  const reader = openReadOnly(dir)
  try {
    return steeredOf(reader.events(steeringEvent)).find(({ order }) => order.id === id)?.after
  } finally {
    reader.close()
  }
}

function inWords(order: Order): string {
  switch (order.kind) {
    case 'hint':
      return 'the hint is in its prompts'
    case 'stop':
      return 'it finishes what is in flight and stops'
    case 'set':
      return Object.entries(order.settings)
        .map(([key, value]) => (key === 'wallMs' ? `wall is ${String(value)} ms` : `${key} is ${String(value)}`))
        .join(', ')
  }
}

const settable = ['candidates', 'usd', 'tokens', 'wall', 'target', 'patience', 'concurrency'] as const

/**
 * Reads `key=value` changes.
 *
 * @throws UserError for an unknown key, a key given twice, or a value out of its range.
 */
export function parseSettings(changes: readonly string[]): Settings {
  const settings: Record<string, number> = {}
  for (const change of changes) {
    const [, key = '', text = ''] = /^([^=]*)=(.*)$/s.exec(change) ?? []
    if (!settable.some((name) => name === key))
      throw new UserError(`cannot set ${JSON.stringify(change)}: ${remedy(key)}`)
    const name = key === 'wall' ? 'wallMs' : key
    if (name in settings) throw new UserError(`${key} is given twice: keep one of them`)
    const value =
      key === 'wall'
        ? parseDuration(text)
        : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
          ? Number(text)
          : undefined
    if (value === undefined || !inRange(key, value))
      throw new UserError(`${key} must be ${ranges[key] ?? 'a number'}, not ${JSON.stringify(text)}`)
    settings[name] = value
  }
  return settings
}

const ranges: Readonly<Record<string, string>> = {
  candidates: 'a whole number of at least 1',
  usd: 'US dollars above 0',
  tokens: 'a whole number of at least 1',
  wall: 'a duration, for example 2h',
  target: 'a value of the first objective',
  patience: 'a whole number of at least 1',
  concurrency: 'a whole number from 1 to 1024',
}

function inRange(key: string, value: number): boolean {
  if (!Number.isFinite(value)) return false
  if (key === 'target') return true
  if (key === 'usd' || key === 'wall') return value > 0
  return Number.isSafeInteger(value) && value >= 1 && (key !== 'concurrency' || value <= 1024)
}

function remedy(key: string): string {
  const nearest = nearestName(key, settable)
  return nearest === undefined
    ? `write one of ${settable.map((name) => `${name}=...`).join(' ')}`
    : `did you mean ${nearest}=...?`
}
