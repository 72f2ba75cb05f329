import { isPlaceholder, placeholderNames, requiredPlaceholders } from './placeholders.ts'
import type { PlaceholderName } from './placeholders.ts'

/** A piece of a template: fixed words, a place to fill in, or wordings of which one is drawn. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly name: PlaceholderName }
  | {
      readonly kind: 'one-of'
      readonly choices: readonly string[]
      /** The wordings are the template's instruction: another one may stand in their place. */
      readonly evolves?: true
    }

/** A `##` heading with the paragraphs under it; the text before the first heading has none. */
export interface TemplateSection {
  /** A placeholder in it, a required one if there is one, or else its heading in kebab case. Unique within its part. */
  readonly name: string
  readonly heading: string | undefined
  readonly paragraphs: readonly (readonly TemplateNode[])[]
}

/** A template that was read without a mistake. */
export interface Template {
  readonly name: string
  readonly system: readonly TemplateSection[]
  readonly user: readonly TemplateSection[]
}

/** A mistake in a template. Lines count from 1. */
export interface TemplateProblem {
  readonly line: number
  readonly message: string
}

/** A template, or all its mistakes in order of their lines; never an empty list. */
export type TemplateResult =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] }

type Part = 'system' | 'user'

interface Line {
  readonly number: number
  readonly text: string
  readonly fenced: boolean
}

interface DraftSection {
  readonly heading: string | undefined
  readonly lines: Line[]
}

/**
 * Reads a template: Markdown with a `# user` part, an optional `# system` part before it, `##` sections within them,
 * `{{placeholder}}` where something is filled in and `{{one of: a | b}}` where one of several wordings is drawn;
 * `{{instruction: a | b}}` is the same, and may be replaced by an instruction that has evolved.
 *
 * Headings inside code fences are ordinary text. `\{{` stands for two literal braces and `\|` for a bar in a wording.
 * HTML comments before the first part are notes to whoever edits the file.
 *
 * @param name - The file's name without `.md`; it decides which placeholders must be there.
 * @param text - The file's whole text. Line ends may be LF or CRLF.
 */
export function parseTemplate(name: string, text: string): TemplateResult {
  const problems: TemplateProblem[] = []
  const lines = markFences(text, problems)
  const drafts = splitParts(lines, problems)
  const used = new Set<PlaceholderName>()
  const required = requiredPlaceholders(name)
  const read = (part: Part): TemplateSection[] => uniqueNames(readSections(drafts[part], required, used, problems))
  const template: Template = { name, system: read('system'), user: read('user') }
  for (const missing of required) {
    if (used.has(missing)) continue
    problems.push({ line: 1, message: `the template lacks {{${missing}}}, without which ${name} cannot work: add it` })
  }
  return problems.length === 0
    ? { ok: true, template }
    : { ok: false, problems: problems.toSorted((one, other) => one.line - other.line) }
}

function markFences(text: string, problems: TemplateProblem[]): Line[] {
  const lines: Line[] = []
  let open: { readonly fence: string; readonly line: number } | undefined
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(raw)?.[1]
    const closes = open !== undefined && fence?.startsWith(open.fence) === true && raw.trim() === fence
    lines.push({ number: index + 1, text: raw, fenced: open !== undefined || fence !== undefined })
    if (closes) open = undefined
    else if (open === undefined && fence !== undefined) open = { fence, line: index + 1 }
  }
  if (open !== undefined) problems.push({ line: open.line, message: 'this code fence is never closed' })
  return lines
}

function splitParts(lines: readonly Line[], problems: TemplateProblem[]): Record<Part, DraftSection[]> {
  const parts: Partial<Record<Part, DraftSection[]>> = {}
  let current: DraftSection[] | undefined
  let inComment = false
  for (const line of lines) {
    const title = line.fenced ? undefined : /^#[ \t]+(.*?)[ \t]*$/.exec(line.text)?.[1]
    if (title !== undefined && !inComment) {
      const part = title.toLowerCase()
      if (part !== 'system' && part !== 'user') {
        problems.push({
          line: line.number,
          message: `a part is called "# system" or "# user", not "# ${title}"; use ## below`,
        })
      } else if (parts[part] !== undefined) {
        problems.push({ line: line.number, message: `a second "# ${part}" part: join it with the first` })
      } else {
        current = parts[part] = [{ heading: undefined, lines: [] }]
      }
    } else if (current === undefined) {
      const comment = commentAfter(line.text, inComment)
      inComment = comment.open
      if (!comment.blank)
        problems.push({ line: line.number, message: 'text before the first part: start with "# system" or "# user"' })
    } else {
      addLine(current, line, problems)
    }
  }
  if (parts.user === undefined) problems.push({ line: lines.length, message: 'the template has no "# user" part' })
  return { system: parts.system ?? [], user: parts.user ?? [] }
}

/** Whether a line ends inside a comment, and whether there is nothing on it but comment. */
function commentAfter(text: string, inComment: boolean): { open: boolean; blank: boolean } {
  const whole = (inComment ? '<!--' : '') + text
  const rest = whole.replaceAll(/<!--[\s\S]*?-->/g, '')
  const start = rest.indexOf('<!--')
  return { open: start !== -1, blank: (start === -1 ? rest : rest.slice(0, start)).trim() === '' }
}

function addLine(sections: DraftSection[], line: Line, problems: TemplateProblem[]): void {
  const heading = line.fenced ? undefined : /^##[ \t]+(.*?)[ \t]*$/.exec(line.text)?.[1]
  if (heading === undefined) {
    sections.at(-1)?.lines.push(line)
    return
  }
  if (heading.includes('{{')) {
    problems.push({ line: line.number, message: 'a heading cannot hold a placeholder: put it into the text below' })
  }
  sections.push({ heading, lines: [] })
}

function readSections(
  drafts: readonly DraftSection[],
  required: readonly PlaceholderName[],
  used: Set<PlaceholderName>,
  problems: TemplateProblem[],
): TemplateSection[] {
  return drafts.flatMap(({ heading, lines }) => {
    const paragraphs = splitParagraphs(lines).map((paragraph) => readNodes(paragraph, problems))
    if (paragraphs.length === 0) return []
    const names = paragraphs.flat().flatMap((node) => (node.kind === 'placeholder' ? [node.name] : []))
    for (const name of names) used.add(name)
    const named = names.find((name) => required.includes(name)) ?? names[0]
    return [{ name: named ?? (slug(heading) || 'opening'), heading, paragraphs }]
  })
}

function uniqueNames(sections: readonly TemplateSection[]): TemplateSection[] {
  const seen = new Map<string, number>()
  return sections.map((section) => {
    const count = (seen.get(section.name) ?? 0) + 1
    seen.set(section.name, count)
    return count === 1 ? section : { ...section, name: `${section.name}-${String(count)}` }
  })
}

function splitParagraphs(lines: readonly Line[]): Line[][] {
  const paragraphs: Line[][] = []
  let current: Line[] = []
  for (const line of lines) {
    if (line.fenced || line.text.trim() !== '') {
      if (current.length === 0) paragraphs.push(current)
      current.push(line)
    } else if (current.length > 0) {
      current = []
    }
  }
  return paragraphs
}

const braces = /\\\{\{|\{\{((?:(?!\{\{|\}\})[^])*)\}\}|\{\{/g

function readNodes(paragraph: readonly Line[], problems: TemplateProblem[]): TemplateNode[] {
  const text = paragraph.map((line) => line.text.trimEnd()).join('\n')
  const nodes: TemplateNode[] = []
  const say = (words: string): void => {
    if (words !== '') nodes.push({ kind: 'text', text: words })
  }
  let done = 0
  for (const match of text.matchAll(braces)) {
    say(text.slice(done, match.index))
    done = match.index + match[0].length
    if (match[0].startsWith('\\')) {
      say('{{')
      continue
    }
    const node = readBraces(match[1])
    if (typeof node !== 'string') nodes.push(node)
    else problems.push({ line: lineAt(paragraph, text, match.index), message: node })
  }
  say(text.slice(done))
  return nodes
}

/** The node that the text between two pairs of braces stands for, or what is wrong with it. */
function readBraces(inside: string | undefined): TemplateNode | string {
  if (inside === undefined)
    return 'these braces are never closed: write }} in the same paragraph, or \\{{ for the braces themselves'
  const word = inside.trim()
  if (word.startsWith('one of:')) {
    const choices = wordingsOf(word.slice('one of:'.length))
    return choices.length > 1 ? { kind: 'one-of', choices } : 'a choice needs at least two wordings: {{one of: a | b}}'
  }
  if (word.startsWith('instruction:')) {
    const choices = wordingsOf(word.slice('instruction:'.length))
    return choices.every((choice) => choice !== '')
      ? { kind: 'one-of', choices, evolves: true }
      : 'an instruction needs words: {{instruction: a}} or {{instruction: a | b}}'
  }
  if (isPlaceholder(word)) return { kind: 'placeholder', name: word }
  return `unknown placeholder {{${word}}}: known are ${placeholderNames.join(', ')}; write \\{{ for the braces themselves`
}

function wordingsOf(text: string): string[] {
  return text.split(/(?<!\\)\|/).map((choice) => choice.trim().replaceAll('\\|', '|'))
}

/** The instruction of a template, all its wordings; `undefined` when it has none. */
export function instructionOf({ system, user }: Pick<Template, 'system' | 'user'>): readonly string[] | undefined {
  for (const { paragraphs } of [...system, ...user]) {
    for (const node of paragraphs.flat()) if (node.kind === 'one-of' && node.evolves === true) return node.choices
  }
  return undefined
}

function lineAt(paragraph: readonly Line[], text: string, index: number): number {
  const first = paragraph[0]?.number ?? 1
  return first + text.slice(0, index).split('\n').length - 1
}

function slug(heading: string | undefined): string {
  return (heading ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
}
