import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import { createProcessBackend } from '../../../src/evaluation/process/backend.ts'
import { guards } from '../../../src/evaluation/process/guards.ts'
import type { ProcessSpec } from '../../../src/evaluation/process/spec.ts'
import { runRequest } from '../../contracts/backend.ts'
import { nodeBackend, shellBackend } from './specs.ts'

const { confinement } = await guards('auto')
const never = new AbortController().signal
const build = (command: readonly string[]) => ({ command, timeMs: 20_000, memoryBytes: 1e9 })

async function only(changes: Partial<ProcessSpec>, code: string, entry?: string) {
  const backend = shellBackend(changes)
  const report = await backend.run({ ...runRequest(code), entry }, never)
  await backend.close()
  return { result: report.cases[0], console: report.console }
}

describe('a build before the cases', () => {
  it('leaves its outputs where the command finds them, and where the command cannot change them', async () => {
    const { result } = await only(
      {
        build: build([
          'sh',
          '-c',
          'printf \'{"value":%s}\' "$(wc -l < "$1")" > "$2"',
          'sh',
          '{program}',
          '{build}/out',
        ]),
        command: ['sh', '-c', 'echo changed 2>/dev/null > "$1"; cat "$1" >&4', 'sh', '{build}/out'],
        sandbox: confinement === 'bubblewrap' ? 'required' : 'auto',
      },
      'one\ntwo\n',
    )
    expect(result).toMatchObject(confinement === 'bubblewrap' ? { ok: true, value: 2 } : { ok: false })
  })

  it('is a syntax failure with the words of the compiler when it fails', async () => {
    const { result } = await only(
      { build: build(['sh', '-c', 'echo noise; echo "program.sh:7:3: error: no such thing" >&2; exit 1']) },
      'true',
    )
    expect(result).toMatchObject({
      ok: false,
      failure: { kind: 'syntax', line: 7, message: 'program.sh:7:3: error: no such thing\nnoise' },
    })
  })

  it('is ended at its own deadline', async () => {
    const slow = { command: ['sh', '-c', 'while :; do sleep 1; done'], timeMs: 300, memoryBytes: 1e9 }
    const { result } = await only({ build: slow }, 'true')
    expect(result).toMatchObject({ ok: false, failure: { kind: 'timed-out', limitMs: 300 } })
  })

  it.runIf(confinement === 'bubblewrap' && hasCompiler())('cannot show the user files by including them', async () => {
    const backend = createProcessBackend({
      spec: {
        ...{ backend: 'process', command: ['{build}/p'], build: build(['gcc', '-o', '{build}/p', '{program}']) },
        ...{
          env: [],
          read: [],
          sandbox: 'required',
          startMs: undefined,
          cpuMs: 10_000,
          processes: 64,
          diskBytes: 64e6,
        },
      },
      language: 'c',
      folder: import.meta.dirname,
      slots: 1,
    })
    const code = '#include "/etc/passwd"\nint main(void) { return 0; }\n'
    const report = await backend.run({ ...runRequest(code), entry: undefined }, never)
    await backend.close()
    const [result] = report.cases
    expect(result).toMatchObject({ ok: false, failure: { kind: 'syntax', line: 1 } })
    expect(JSON.stringify(report)).toContain('No such file')
    expect(JSON.stringify(report)).not.toContain(readFileSync('/etc/passwd', 'utf8').slice(0, 20))
  })
})

describe('the surroundings of a command', () => {
  it('are a fixed environment, the variables that the problem names, and a request with arguments first', async () => {
    process.env['EVOLVE_TEST_WORD'] = 'unseen'
    process.env['PLAIN_WORD'] = 'seen'
    const script =
      'read -r line <&3; printf \'{"value":["%s","%s","%s"]}\\n\' "$PLAIN_WORD" "$FIXED" "$EVOLVE_TEST_WORD" >&4; echo "$line"'
    const { result, console } = await only({ env: ['PLAIN_WORD', 'FIXED=a=b'] }, script)
    delete process.env['EVOLVE_TEST_WORD']
    delete process.env['PLAIN_WORD']
    expect(result).toMatchObject({ ok: true, value: ['seen', 'a=b', ''] })
    expect(console).toMatch(/^\{"args":\[\],"id":"only","seed":\d+\}\n$/)
  })

  it('tell stdout from stderr', async () => {
    const { console } = await only({}, 'echo out; echo err >&2; echo \'{"value":1}\' >&4')
    expect(console).toBe('out\n[stderr]\nerr\n')
  })

  it('name a command that cannot be found, and what to do', async () => {
    const run = only({ command: ['no-such-interpreter', '{program}'] }, 'true')
    await expect(run).rejects.toThrow(/there is no command no-such-interpreter: install it/)
  })

  it.runIf(confinement === 'bubblewrap')('hide a command outside of them, and say how to show it', async () => {
    const hidden = path.join(process.cwd(), 'node_modules', '.bin', 'tsc')
    await expect(only({ command: [hidden, '{program}'] }, 'true')).rejects.toThrow(
      /does not show: add .* to evaluation\.read/,
    )
  })
})

it('finds a linked interpreter in a folder that it may read, as virtual environments have one', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evolve-linked-'))
  mkdirSync(path.join(folder, 'venv/bin'), { recursive: true })
  symlinkSync('/bin/sh', path.join(folder, 'venv/bin/python'))
  const { result } = await only(
    { command: [path.join(folder, 'venv/bin/python'), '{program}'], read: [path.join(folder, 'venv')] },
    'echo \'{"value":1}\' >&4',
  )
  rmSync(folder, { recursive: true })
  expect(result).toMatchObject({ ok: true, value: 1 })
})

describe('sandbox: required', () => {
  it('refuses to run anything where bubblewrap does not work', async () => {
    const backend = nodeBackend({ sandbox: 'required' }, 1, (sandbox) =>
      guards(sandbox, () => Promise.resolve('denied')),
    )
    await expect(backend.run(runRequest('export const f = () => 1'), never)).rejects.toThrow(UserError)
    await expect(backend.protections()).rejects.toThrow(/bubblewrap does not work here \(denied\): install the package/)
    await backend.close()
  })

  it('is not needed for weaker supervision, which says what is missing', async () => {
    const backend = nodeBackend({}, 1, (sandbox) => guards(sandbox, () => Promise.resolve('denied')))
    afterAll(() => backend.close())
    const missing = (await backend.protections()).filter(({ active }) => !active).map(({ name }) => name)
    expect(missing).toEqual(expect.arrayContaining(['sandbox', 'no network', 'whole tree killed']))
  })
})

function hasCompiler(): boolean {
  try {
    return execFileSync('gcc', ['--version']).length > 0
  } catch {
    return false
  }
}
