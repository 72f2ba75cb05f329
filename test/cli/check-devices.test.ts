import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { checkVerb } from '../../src/cli/check.ts'
import { valueEvaluator } from '../small-problems.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evolve-devices-'))
  writeFileSync(path.join(folder, 'evaluator.ts'), valueEvaluator)
  // Answers whether it was lent a card.
  writeFileSync(
    path.join(folder, 'program.sh'),
    '# EVOLVE-BLOCK-START\ncase "$CUDA_VISIBLE_DEVICES" in GPU-*) echo \'{"value": 1}\' >&4 ;; *) echo \'{"value": 0}\' >&4 ;; esac\n# EVOLVE-BLOCK-END\n',
  )
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

function withCards(script: string): void {
  const file = path.join(folder, 'nvidia-smi')
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`)
  vi.stubEnv('CUDA_VISIBLE_DEVICES', undefined)
}

async function checked(device: string, json = false) {
  const file = path.join(folder, 'problem.yaml')
  writeFileSync(
    file,
    `name: leased
program: { file: program.sh }
evaluator: evaluator.ts
objectives: [{ name: value, direction: maximize }]
evaluation: { backend: process, command: [/bin/sh, '{program}']${device} }
archive: { axes: [{ descriptor: source-length, range: [0, 1000], bins: 4 }] }
`,
  )
  const written = { out: '', err: '' }
  const io = {
    out: { write: (text: string) => Boolean((written.out += text)) },
    err: { write: (text: string) => Boolean((written.err += text)) },
    env: {},
    onInterrupt: () => () => undefined,
  }
  const failed = await checkVerb(io, file, { json }).then(() => undefined, String)
  return { ...written, failed, line: /^devices +(.*)$/m.exec(written.out + written.err)?.[1] }
}

const two = 'echo "0, GPU-aaaa-1, NVIDIA A100"; echo "1, GPU-bbbb-2, NVIDIA L4"'

test('check says which cards are lent, and that a timing has its card to itself', async () => {
  withCards(two)
  const { line, out, failed } = await checked(', device: { kind: cuda }')
  expect(failed).toBeUndefined()
  expect(line).toBe(
    '0 (NVIDIA A100), 1 (NVIDIA L4), found by nvidia-smi; each lent to one candidate at a time, and to nobody else that evolve runs on this machine',
  )
  expect(out).toContain('value = 1')
})

test('check says which cards the problem names and how many share one', async () => {
  withCards(two)
  const { line, out } = await checked(', device: { kind: cuda, ids: [1], exclusive: false, slots: 3 }')
  expect(line).toBe('1 (NVIDIA L4), named by evaluation.device.ids; each lent to up to 3 candidates at a time')
  expect(out).toContain('value = 1')
  const json = await checked(', device: { kind: cuda, ids: [1], exclusive: false, slots: 3 }', true)
  expect((JSON.parse(json.out) as { devices: unknown }).devices).toEqual({
    found: [{ index: 1, name: 'NVIDIA L4' }],
    slots: 3,
    exclusive: false,
    named: true,
  })
})

test('check says why there is no card before the first program fails for it', async () => {
  withCards('echo "NVIDIA-SMI has failed" >&2; exit 9')
  const { line, failed } = await checked(', device: { kind: cuda }')
  expect(line).toBe('none: there is no GPU that CUDA can use: nvidia-smi says NVIDIA-SMI has failed')
  expect(failed).toContain('there is no GPU that CUDA can use')
})

test('check says nothing of devices where none are lent', async () => {
  const { line, failed } = await checked('')
  expect([line, failed]).toEqual([undefined, undefined])
})
