import type { Prompt, PromptSection } from '../core/prompt.ts'
import type { Rng } from '../core/rng.ts'
import type { PromptContext } from './context.ts'
import { fitToBudget } from './budget.ts'
import type { TokenBudget } from './budget.ts'
import type { PlaceholderName } from './placeholders.ts'
import { givingWay, keptText, shrinkable } from './sections.ts'
import type { GivingWay, Kept } from './sections.ts'
import type { Template, TemplateNode, TemplateSection } from './template.ts'

/** What a prompt may take, and what its wording is drawn from. */
export interface PromptRoom extends TokenBudget {
  /** Draws one wording of each `{{one of: ...}}`, in the order of the template. */
  readonly rng: Rng
}

/**
 * Fills a template in.
 *
 * A paragraph that names placeholders is left out when all of them are empty, and a section, with its heading, when
 * all such paragraphs of it are. What is filled in is never searched for placeholders, so a candidate's text cannot
 * ask for anything. When the whole is larger than the budget, the parts in {@link givingWay} are shortened one after
 * the other, visibly; the parent and the reply format never are.
 *
 * Pure: the same template, context and random stream give the same prompt.
 *
 * @returns The prompt; its sections are those of the user text, which is these joined by blank lines.
 */
export function buildPrompt(template: Template, context: PromptContext, room: PromptRoom): Prompt {
  const drawn = drawWordings(template, room.rng, context.instruction)
  const withPartner = namesOf(drawn).has('partner')
  const kept = new Map<PlaceholderName, string>()
  const parts = new Map<GivingWay, NonNullable<ReturnType<typeof shrinkable>>>()
  for (const name of namesOf(drawn)) {
    if (isGivingWay(name)) {
      const part = shrinkable(name, context, withPartner)
      if (part !== undefined) parts.set(name, part)
    } else {
      kept.set(name, keptText(name, context))
    }
  }
  const assemble = (shown: ReadonlyMap<GivingWay, string>): Prompt =>
    fill(drawn, (name) => (isGivingWay(name) ? shown.get(name) : kept.get(name)) ?? '')
  return fitToBudget(parts, assemble, room)
}

function isGivingWay(name: PlaceholderName): name is GivingWay {
  return (givingWay as readonly PlaceholderName[]).includes(name)
}

function drawWordings(template: Template, rng: Rng, instruction: string | undefined): Template {
  const draw = (node: TemplateNode): TemplateNode => {
    if (node.kind !== 'one-of') return node
    // Drawn also where it is not used, so that an instruction changes no other wording.
    const own = rng.pick(node.choices)
    return { kind: 'text', text: node.evolves === true ? (instruction ?? own) : own }
  }
  const inSection = (section: TemplateSection): TemplateSection => ({
    ...section,
    paragraphs: section.paragraphs.map((nodes) => nodes.map(draw)),
  })
  return { ...template, system: template.system.map(inSection), user: template.user.map(inSection) }
}

function namesOf(template: Template): ReadonlySet<Kept | GivingWay> {
  const nodes = [...template.system, ...template.user].flatMap((section) => section.paragraphs.flat())
  return new Set(nodes.flatMap((node) => (node.kind === 'placeholder' ? [node.name] : [])))
}

function fill(template: Template, valueOf: (name: PlaceholderName) => string): Prompt {
  const render = (sections: readonly TemplateSection[]): PromptSection[] =>
    sections.flatMap((section) => {
      const text = sectionText(section, valueOf)
      return text === '' ? [] : [{ name: section.name, text: text.toWellFormed() }]
    })
  const sections = render(template.user)
  return {
    template: template.name,
    system: joined(render(template.system)),
    user: joined(sections),
    sections,
  }
}

function joined(sections: readonly PromptSection[]): string {
  return sections.map((section) => section.text).join('\n\n')
}

function sectionText(section: TemplateSection, valueOf: (name: PlaceholderName) => string): string {
  const placeholders = section.paragraphs.flat().filter((node) => node.kind === 'placeholder')
  if (placeholders.length > 0 && placeholders.every((node) => valueOf(node.name) === '')) return ''
  const texts = section.paragraphs.map((nodes) => paragraphText(nodes, valueOf)).filter((text) => text.trim() !== '')
  if (texts.length === 0) return ''
  return [...(section.heading === undefined ? [] : [`## ${section.heading}`]), ...texts].join('\n\n')
}

function paragraphText(nodes: readonly TemplateNode[], valueOf: (name: PlaceholderName) => string): string {
  let filled = 0
  let empty = 0
  const text = nodes
    .map((node) => {
      if (node.kind === 'text') return node.text
      if (node.kind === 'one-of') return ''
      const value = valueOf(node.name)
      if (value === '') empty++
      else filled++
      return value
    })
    .join('')
  return filled === 0 && empty > 0 ? '' : text
}
