import { stageKinds } from '../../src/builtins.ts'
import { stageContract } from '../contracts/stage.ts'

const options: Readonly<Record<string, Record<string, unknown>>> = {
  gate: { require: 'size > 1' },
  rules: { forbid: ['eval'] },
  dedupe: { by: 'source' },
  review: { criteria: [{ name: 'clarity', question: 'Is it clear?', scale: [0, 10], weight: 1 }], comments: false },
  repeat: { times: 2, precision: 0.01 },
  rung: { cases: 'all' },
  promote: { top: 0.25 },
}
for (const kind of stageKinds) stageContract(kind, options[kind.kind] ?? {})
