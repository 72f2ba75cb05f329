import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const schemaFile = fileURLToPath(new URL('../../schemas/problem.schema.json', import.meta.url))

/** What the problem is called in the starter folder, and one whose folder's name says nothing. */
export const starterName = 'my-problem'

/** The folder's name as far as a problem may be called so. */
export function problemName(folder: string): string {
  const name = path
    .basename(folder)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100)
  return name === '' ? starterName : name
}

/** Where editors find the schema, as seen from the new folder; its parents may not exist yet. */
export function schemaFrom(folder: string): string {
  let existing = folder
  while (!existsSync(existing)) existing = path.dirname(existing)
  const real = path.join(realpathSync(existing), path.relative(existing, folder))
  return path.relative(real, schemaFile).split(path.sep).join('/')
}
