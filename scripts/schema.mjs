// Writes schemas/problem.schema.json from the schema that reads problems and the names that this build knows.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { operators, samplers, stageKinds, topologies } from '../src/builtins.ts'
import { problemJsonSchemaText } from '../src/config/json-schema.ts'

const names = (entries) => entries.map(({ name }) => name)
const target = path.resolve(import.meta.dirname, '../schemas/problem.schema.json')
mkdirSync(path.dirname(target), { recursive: true })
const known = {
  operators: names(operators),
  samplers: names(samplers),
  topologies: names(topologies),
  stages: stageKinds,
}
writeFileSync(target, problemJsonSchemaText(known))
