import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError, UserErrors } from '../core/errors.ts'
import { parseTemplate } from '../prompting/template.ts'
import type { Template } from '../prompting/template.ts'

const shipped = fileURLToPath(new URL('../../prompts', import.meta.url))

/**
 * Reads the prompt templates: those shipped with evolve, and in their place those of the same file name in a folder
 * `prompts` beside the problem.
 *
 * @param problemFile - Path of the problem's YAML.
 * @throws UserErrors naming file and line of every mistake, or an own template that replaces none.
 */
export function loadTemplates(problemFile: string): ReadonlyMap<string, Template> {
  const own = path.join(path.dirname(path.resolve(problemFile)), 'prompts')
  const names = templateFiles(shipped)
  const errors: UserError[] = []
  if (existsSync(own) && path.resolve(own) !== path.resolve(shipped)) {
    for (const name of templateFiles(own).filter((file) => !names.includes(file))) {
      const message = `replaces no template; the templates are ${names.join(', ')}`
      errors.push(new UserError(message, { file: path.join(own, name) }))
    }
  }
  const templates = new Map<string, Template>()
  for (const fileName of names) {
    const file = existsSync(path.join(own, fileName)) ? path.join(own, fileName) : path.join(shipped, fileName)
    const name = path.basename(fileName, '.md')
    const result = parseTemplate(name, readFileSync(file, 'utf8'))
    if (result.ok) templates.set(name, result.template)
    else errors.push(...result.problems.map(({ line, message }) => new UserError(message, { file, line })))
  }
  if (errors.length > 0) throw new UserErrors(errors)
  return templates
}

function templateFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
}
