import type { Case } from '../../core/evaluation.ts'
import type { Json } from '../../core/json.ts'
import { instanceText } from '../../core/level.ts'
import type { Level } from '../../core/level.ts'

/** What an evaluator expects of programs, as far as its code tells. */
export interface Contract {
  /** Name of the function that is called; `undefined` where a program is run as a whole. */
  readonly entry: string | undefined
  /** The calls it asks for; empty when it reads the source. */
  readonly cases: readonly Case[]
  /** What a call must return, in words; see `shapeText`. */
  readonly shape: string | undefined
  /** It plays its cases step by step, with arguments that nobody may know before. */
  readonly driven: boolean
  /** The level of the curriculum, from 1, and all its levels; empty without a curriculum. */
  readonly level?: number | undefined
  readonly levels?: readonly Level[]
}

const casesShown = 3
const argumentsShown = 120

/** The contract as prompts tell it: how the entry is called and what it must return; empty when nothing is known. */
export function contractText(contract: Contract): string {
  return [callText(contract), levelText(contract)].filter((text) => text !== '').join('\n')
}

/** Which instance counts now, and that one program has to do for all of them. */
function levelText({ level = 1, levels = [] }: Contract): string {
  const own = levels[level - 1]
  if (own === undefined) return ''
  const now = `It is scored on the instance ${instanceText(own.instance)} of the problem.`
  if (levels.length === 1) return now
  const all = levels.map(({ instance }) => instanceText(instance)).join(', ')
  return `${now} The instances ${all} are worked on one after the other, and the last one counts: the same program has to do well there.`
}

function callText({ entry, cases, shape, driven }: Contract): string {
  if (driven) {
    return `${entry === undefined ? 'The program' : `\`${entry}\``} is called several times for each case, with arguments that come one after the other.`
  }
  const returned = shape === undefined ? [] : [`${entry === undefined ? 'It' : 'Each call'} must return ${shape}.`]
  return [...callsText(entry, cases), ...returned].join('\n')
}

function callsText(entry: string | undefined, cases: readonly Case[]): readonly string[] {
  const [first] = cases
  if (first === undefined) return []
  const call = ({ args }: Case): string => `\`${entry ?? 'input'}(${args.map(argumentText).join(', ')})\``
  if (cases.length === 1) return [`It is called once: ${call(first)}.`]
  const calls = [...new Set(cases.map(call))]
  const shown = calls.slice(0, casesShown).join(', ')
  const more = calls.length > casesShown ? ', and so on' : ''
  return [`It is called ${String(cases.length)} times, each time in a fresh instance of the program: ${shown}${more}.`]
}

/** An argument as it is, or what it consists of when that is long. */
function argumentText(value: Json): string {
  const text = JSON.stringify(value)
  if (text.length <= argumentsShown) return text
  if (typeof value === 'string') return `text of ${String(value.length)} characters`
  if (Array.isArray(value)) {
    const [first = null] = value as readonly Json[]
    const each = JSON.stringify(first)
    const like = each.length > argumentsShown / 2 ? natureOf(first) : `the first ${each}`
    return `an array of ${String(value.length)} entries, ${like}`
  }
  return natureOf(value)
}

function natureOf(value: Json): string {
  if (Array.isArray(value)) return `each an array of about ${String(value.length)}`
  return typeof value === 'object' && value !== null
    ? `an object with ${Object.keys(value).slice(0, 12).join(', ')}`
    : typeof value
}
