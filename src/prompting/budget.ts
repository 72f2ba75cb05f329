import type { Prompt } from '../core/prompt.ts'
import type { GivingWay } from './sections.ts'
import { givingWay } from './sections.ts'
import type { Shrinkable } from './shrinkable.ts'
import { mostUnits } from './shrinkable.ts'

/** How many tokens a prompt may have, and how they are counted. */
export interface TokenBudget {
  /** Tokens of system and user text together, at least 1. The parts that are never shortened may exceed it. */
  readonly budgetTokens: number
  /** Tokens of a text, as the model counts them. */
  readonly countTokens: (text: string) => number
}

/**
 * The largest share of the budget that each part may take even where there is room, so that a program that floods its
 * console cannot crowd out what teaches.
 */
const largestShare: Readonly<Record<GivingWay, number>> = {
  console: 0.1,
  artifacts: 0.15,
  'failed-ideas': 0.1,
  overused: 0.05,
  approaches: 0.15,
  lessons: 0.15,
  trail: 0.15,
  inspirations: 0.6,
  attempts: 0.2,
  tried: 0.15,
  feedback: 0.2,
  'former-reply': 0.4,
}

/** Characters counted per token where an estimate will do. */
const charactersPerToken = 4

/** Joining texts changes token counts by a little, so one pass may leave a few tokens too many. */
const passes = 3

/**
 * Assembles a prompt with as much of its shrinkable parts as the budget holds.
 *
 * Each part is first held to its share. If the whole is still too large, parts give way in the order of
 * {@link givingWay}, each down to the note that says what is missing before the next one is touched.
 *
 * @param assemble - Makes the prompt out of the texts of the parts.
 */
export function fitToBudget(
  parts: ReadonlyMap<GivingWay, Shrinkable>,
  assemble: (shown: ReadonlyMap<GivingWay, string>) => Prompt,
  room: TokenBudget,
): Prompt {
  const shown = new Map<GivingWay, string>()
  const most = new Map<GivingWay, number>()
  for (const [name, part] of parts) {
    const characters = Math.floor(room.budgetTokens * charactersPerToken * largestShare[name])
    const limit = part.show(part.units).length <= characters ? part.units : withinCharacters(part, characters)
    most.set(name, limit)
    shown.set(name, part.show(limit))
  }
  let prompt = assemble(shown)
  for (let pass = 0; pass < passes; pass++) {
    const over = room.countTokens(prompt.system) + room.countTokens(prompt.user) - room.budgetTokens
    if (over <= 0) break
    shrink(over, parts, shown, most, room.countTokens)
    prompt = assemble(shown)
  }
  return prompt
}

function withinCharacters(part: Shrinkable, characters: number): number {
  return mostUnits(Math.min(part.units, characters), (kept) => part.show(kept).length <= characters)
}

function shrink(
  over: number,
  parts: ReadonlyMap<GivingWay, Shrinkable>,
  shown: Map<GivingWay, string>,
  most: Map<GivingWay, number>,
  countTokens: (text: string) => number,
): void {
  let missing = over
  for (const name of givingWay) {
    const part = parts.get(name)
    const text = shown.get(name)
    if (missing <= 0) return
    if (part === undefined || text === undefined) continue
    const now = countTokens(text)
    const wanted = now - missing
    const kept = unitsWithin(part, most.get(name) ?? 0, wanted, text.length / Math.max(1, now), countTokens)
    const shorter = part.show(kept)
    most.set(name, kept)
    shown.set(name, shorter)
    missing -= now - countTokens(shorter)
  }
}

/** Guesses tried before a part is shown with its note alone. */
const guesses = 4

/**
 * How many units of a part fit into a number of tokens.
 *
 * Counting tokens is the costly step, so a size is guessed in characters and checked by one count, a little smaller each
 * time, instead of searching by counts.
 *
 * @param density - Characters per token of the part so far.
 */
function unitsWithin(
  part: Shrinkable,
  limit: number,
  tokens: number,
  density: number,
  countTokens: (text: string) => number,
): number {
  let characters = tokens * density
  for (let guess = 0; guess < guesses && characters > 0; guess++) {
    const room = characters
    const kept = mostUnits(limit, (units) => part.show(units).length <= room)
    const needed = countTokens(part.show(kept))
    if (needed <= tokens) return kept
    characters *= (tokens / needed) * 0.95
  }
  return 0
}
