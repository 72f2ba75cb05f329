import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { operators } from '../../src/builtins.ts'
import { loadTemplates } from '../../src/config/templates.ts'
import { UserErrors } from '../../src/core/errors.ts'

const shipped = path.resolve(import.meta.dirname, '../../prompts')
let folder = ''
let problem = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-templates-'))
  problem = path.join(folder, 'n.yaml')
  mkdirSync(path.join(folder, 'prompts'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('every operator that asks a model has its template, and so has the repair', () => {
  const names = [...loadTemplates(problem).keys()]
  expect(names).toContain('repair')
  for (const operator of operators) if (operator.kind === 'model') expect(names).toContain(operator.template)
})

test('a file beside the problem takes the place of the one of its name, and of no other', () => {
  const text = readFileSync(path.join(shipped, 'diff.md'), 'utf8').replace(
    '# user',
    '# user\n\n## House rules\n\nBe brief.\n',
  )
  writeFileSync(path.join(folder, 'prompts/diff.md'), text)
  const templates = loadTemplates(problem)
  expect(JSON.stringify(templates.get('diff'))).toContain('Be brief.')
  expect(templates.get('rewrite')).toEqual(loadTemplates(path.join(shipped, 'x.yaml')).get('rewrite'))
})

test('mistakes name file and line, all at once', () => {
  writeFileSync(path.join(folder, 'prompts/diff.md'), '# user\n\n{{nonsense}}\n')
  writeFileSync(path.join(folder, 'prompts/dif.md'), '# user\n')
  let thrown: unknown
  try {
    loadTemplates(problem)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(UserErrors)
  const { errors } = thrown as UserErrors
  const places = errors.map(({ location }) => `${path.basename(location?.file ?? '')}:${String(location?.line)}`)
  expect(places).toContain('diff.md:3')
  expect(places).toContain('dif.md:undefined')
})
