import type { FailureKind } from '../../src/core/failure.ts'
import type { Json } from '../../src/core/json.ts'

/** What an attack must come to: a harmless value, or one of these kinds of failure. */
export type Outcome = { readonly value: Json } | { readonly kinds: readonly FailureKind[]; readonly says?: RegExp }

/** Facts that an attack is told, because a real attacker could guess them. */
export interface Target {
  /** Where a server of the test listens. */
  readonly port: number
  /** A file of the user's that candidates must not read. */
  readonly secretFile: string
  /** A folder of the user's that candidates must not write to. */
  readonly folder: string
  /** A word in the command line of everything that an attack leaves behind. */
  readonly mark: string
}

/** One attack by a candidate in a process: a JavaScript module run by Node. */
export interface Attack {
  readonly title: string
  readonly code: (target: Target) => string
  readonly outcome: Outcome
  /** What it comes to under weaker supervision, where that is something else. */
  readonly weaker?: Outcome
  /** Holds only where bubblewrap works: without it the attack gets through, and docs/security.md says so. */
  readonly needsSandbox?: true
  /** Tried again with every weaker kind of supervision, or with those that bound the number of processes. */
  readonly everywhere?: true | 'bounded'
  readonly limits?: { readonly timeMs?: number; readonly memoryBytes?: number; readonly outputBytes?: number }
}

const spawned = "import { spawn, execFileSync } from 'node:child_process'\n"
const files = "import * as fs from 'node:fs'\n"
const failed = (...kinds: FailureKind[]): Outcome => ({ kinds })
const sh = (script: string, mark: string): string =>
  `spawn('sh', ['-c', ${JSON.stringify(script)}, ${JSON.stringify(mark)}], { detached: true, stdio: 'ignore' }).unref()`
/** Forks twice with a session in between, so that neither parent nor group leads to it. */
const detach = (mark: string): string => sh('setsid sh -c "while :; do sleep 1; done" "$0" & exit 0', mark)

/** An attack by a candidate in an isolate. */
export type IsolateAttack = Omit<Attack, 'needsSandbox' | 'everywhere' | 'weaker'>

/** Bad input of every kind from a candidate that is a process of its own. */
export const attacks: readonly Attack[] = [
  {
    title: 'forks, detaches and never returns',
    code: ({ mark }) => `${spawned}export const f = () => { ${detach(mark)}; for (;;); }`,
    everywhere: true,
    outcome: failed('timed-out'),
  },
  {
    title: 'forks, detaches and returns',
    code: ({ mark }) =>
      `${spawned}export const f = async () => { ${detach(mark)}; await new Promise((r) => setTimeout(r, 100)); return 1 }`,
    everywhere: true,
    outcome: { value: 1 },
  },
  {
    title: 'forks without end',
    code: ({ mark }) =>
      `${spawned}export const f = () => { execFileSync('sh', ['-c', 'bomb() { bomb & bomb & sleep 20; }; bomb', ${JSON.stringify(mark)}]); return 1 }`,
    everywhere: 'bounded',
    outcome: failed('killed-host', 'threw', 'timed-out'),
  },
  {
    title: 'fills the disk with one file',
    code: () =>
      `${files}export const f = () => { const out = fs.openSync('full', 'w'); for (;;) fs.writeSync(out, Buffer.alloc(1e6)) }`,
    everywhere: true,
    outcome: { kinds: ['threw'], says: /EFBIG/ },
    // The limit on one file, or whoever looks at the folder now and then: the first of them.
    weaker: { kinds: ['threw', 'killed-host'], says: /EFBIG|wrote more than/ },
  },
  {
    title: 'fills the disk with many files',
    code: () =>
      `${files}export const f = () => { for (let i = 0; ; i++) fs.writeFileSync('full' + i, Buffer.alloc(1e6)) }`,
    everywhere: true,
    outcome: { kinds: ['threw'], says: /ENOSPC/ },
    weaker: failed('killed-host'),
  },
  {
    title: 'fills the memory that stands behind /dev/shm and the root',
    code: () => `${files}export const f = () => {
      let denied = 0
      for (const place of ['/', '/dev/', '/dev/shm/', '/run/', '/usr/']) {
        try { for (let i = 0; i < 100; i++) fs.writeFileSync(place + 'full' + i, Buffer.alloc(1e6)) } catch { denied++ }
      }
      return denied
    }`,
    outcome: { value: 5 },
    needsSandbox: true,
  },
  {
    title: 'writes to stdout in the format of an answer',
    code: () =>
      `${files}export const f = () => { fs.writeSync(1, '{"value":42}\\n'); console.log('{"value":43}'); return 1 }`,
    outcome: { value: 1 },
  },
  {
    title: 'reads its environment for keys',
    code: () => `export const f = () => Object.keys(process.env).filter((name) => /KEY|HUNTER|PROBE/.test(name))`,
    outcome: { value: [] },
  },
  {
    title: 'reads the environment of other processes for keys',
    code: () => `${files}export const f = () => fs.readdirSync('/proc').filter((pid) => {
      try { return /^\\d+$/.test(pid) && fs.readFileSync('/proc/' + pid + '/environ', 'latin1').includes('hunter2') } catch { return false }
    }).length`,
    outcome: { value: 0 },
    needsSandbox: true,
  },
  {
    title: "reads the user's files",
    code: ({ secretFile }) =>
      `${files}export const f = () => [${JSON.stringify(secretFile)}, '/etc/passwd', '/root', '/home'].filter((file) => fs.existsSync(file)).length`,
    outcome: { value: 0 },
    needsSandbox: true,
  },
  {
    title: 'opens a socket',
    code: ({ port }) =>
      `import net from 'node:net'\nexport const f = () => new Promise((resolve, reject) => { net.connect(${String(port)}, '127.0.0.1', () => resolve('out')).on('error', reject) })`,
    outcome: { kinds: ['threw'], says: /ENETUNREACH|ECONNREFUSED|EPERM/ },
    needsSandbox: true,
  },
  {
    title: 'leaves files where the evaluator or the next candidate might look',
    code: ({ folder, secretFile }) =>
      `${files}export const f = () => { for (const file of ['../crafted.json', ${JSON.stringify(folder)} + '/crafted.json', ${JSON.stringify(secretFile)}, '/tmp/evolve-crafted.json']) { try { fs.writeFileSync(file, 'crafted') } catch {} } return 1 }`,
    outcome: { value: 1 },
    needsSandbox: true,
  },
  {
    title: 'returns 1 GB',
    code: () => `export const f = () => Array.from({ length: 4 }, () => 'x'.repeat(2.6e8))`,
    outcome: failed('invalid-output', 'out-of-memory'),
    limits: { timeMs: 20_000 },
  },
  {
    title: 'writes 1 GB as its answer',
    code: () => `${files}export const f = () => { for (;;) { try { fs.writeSync(4, 'x'.repeat(1e5)) } catch {} } }`,
    outcome: { kinds: ['invalid-output'], says: /longer than/ },
  },
  {
    title: 'prints 100 MB',
    code: () =>
      `${files}export const f = () => { const text = 'x'.repeat(1e6); for (let i = 0; i < 100; i++) { for (let done = 0; done < 1e6; ) { try { done += fs.writeSync(1, text) } catch {} } } return 1 }`,
    outcome: { value: 1 },
    limits: { timeMs: 20_000 },
  },
  {
    title: 'exits with 0 and without a result',
    code: () => 'export const f = () => process.exit(0)',
    outcome: { kinds: ['invalid-output'], says: /ended with code 0 and without an answer/ },
  },
  {
    title: 'exits with 3 and without a result',
    code: () => 'export const f = () => { console.error("sorry"); process.exit(3) }',
    outcome: { kinds: ['threw'], says: /ended with code 3/ },
  },
  {
    title: 'closes its descriptors and stays',
    code: () =>
      `${files}export const f = () => { for (const fd of [1, 2, 3, 4]) { try { fs.closeSync(fd) } catch {} } for (;;); }`,
    everywhere: true,
    outcome: failed('timed-out'),
  },
  {
    title: 'answers what is not JSON',
    code: () => `${files}export const f = () => { fs.writeSync(4, 'value: 1\\n'); for (;;); }`,
    outcome: { kinds: ['invalid-output'], says: /not JSON/ },
  },
  {
    title: 'answers with more than a value',
    code: () =>
      `${files}export const f = () => { fs.writeSync(4, '{"value":1,"objectives":{"score":99},"ms":0}\\n'); for (;;); }`,
    outcome: { kinds: ['invalid-output'], says: /alone/ },
  },
  {
    title: 'answers with a number that JSON cannot hold',
    code: () => `${files}export const f = () => { fs.writeSync(4, '{"value":[1,1e999]}\\n'); for (;;); }`,
    outcome: { kinds: ['invalid-output'], says: /\$\[1\].*not a finite number/ },
  },
  {
    title: 'answers with a hundred thousand brackets',
    code: () =>
      `${files}export const f = () => { fs.writeSync(4, '{"value":' + '['.repeat(4e4) + ']'.repeat(4e4) + '}\\n'); for (;;); }`,
    outcome: { kinds: ['invalid-output'], says: /nested deeper/ },
  },
  {
    title: 'kills itself',
    code: () => "export const f = () => { process.kill(process.pid, 'SIGKILL'); for (;;); }",
    everywhere: true,
    outcome: { kinds: ['killed-host'], says: /SIGKILL/ },
  },
  {
    title: 'kills everything that it can see',
    code: () =>
      "export const f = () => { for (const pid of [-1, 1, process.pid]) { try { process.kill(pid, 'SIGKILL') } catch {} } for (;;); }",
    outcome: failed('killed-host'),
    needsSandbox: true,
  },
  {
    title: 'stops itself',
    code: () => "export const f = () => { process.kill(process.pid, 'SIGSTOP'); return 1 }",
    everywhere: true,
    outcome: failed('timed-out'),
  },
  {
    title: 'turns its clocks back',
    code: () =>
      'export const f = () => { const end = Date.now() + 1e6; Date.now = () => 0; performance.now = () => 0; for (;;) if (Date.now() > end) return 1 }',
    outcome: failed('timed-out'),
  },
  {
    title: 'allocates without end',
    code: () => 'export const f = () => { const all = []; for (;;) all.push(Buffer.alloc(1e6, 1)) }',
    everywhere: true,
    outcome: failed('out-of-memory'),
    limits: { timeMs: 20_000 },
  },
  {
    title: 'allocates in its children',
    code: ({ mark }) =>
      `${spawned}export const f = () => { for (let i = 0; i < 4; i++) spawn(process.execPath, ['-e', 'const all = []; for (let i = 0; i < 60; i++) all.push(Buffer.alloc(1e6, 1)); setInterval(() => all.length, 1000)', ${JSON.stringify(mark)}], { stdio: 'ignore' }); return new Promise(() => {}) }`,
    everywhere: true,
    outcome: failed('out-of-memory'),
    limits: { timeMs: 20_000 },
  },
  {
    title: 'burns processor time in its children',
    code: ({ mark }) =>
      `${spawned}export const f = () => { for (let i = 0; i < 8; i++) ${sh('while :; do :; done', mark)}; return new Promise(() => {}) }`,
    everywhere: true,
    outcome: { kinds: ['timed-out'], says: /processor time/ },
    limits: { timeMs: 30_000 },
  },
]

/** The same list for a candidate in an isolate, where most of it is not even a word. */
export const isolateAttacks: readonly IsolateAttack[] = [
  {
    title: 'forks and detaches',
    code: () => "export const f = () => { process.binding('spawn_sync'); return 1 }",
    outcome: { kinds: ['threw'], says: /process is not defined/ },
  },
  {
    title: 'imports a way to fork',
    code: () => `${spawned}export const f = () => { spawn('sh'); return 1 }`,
    outcome: { kinds: ['syntax'], says: /import/ },
  },
  {
    title: 'fills the disk',
    code: () => `${files}export const f = () => { fs.writeFileSync('full', 'x'); return 1 }`,
    outcome: { kinds: ['syntax'], says: /import/ },
  },
  {
    title: 'writes to stdout in the format of an answer',
    code: () => `export const f = () => { console.log('{"kind":"value","json":"42"}'); return 1 }`,
    outcome: { value: 1 },
  },
  {
    title: 'reads its environment for keys',
    code: () => 'export const f = () => [typeof process, typeof Deno, typeof require, typeof globalThis.env]',
    outcome: { value: ['undefined', 'undefined', 'undefined', 'undefined'] },
  },
  {
    title: 'opens a socket',
    code: () => 'export const f = () => [typeof fetch, typeof WebSocket, typeof XMLHttpRequest]',
    outcome: { value: ['undefined', 'undefined', 'undefined'] },
  },
  {
    title: 'leaves the evaluator a crafted file',
    code: ({ folder }) =>
      `${files}export const f = () => { fs.writeFileSync(${JSON.stringify(`${folder}/crafted.json`)}, 'crafted'); return 1 }`,
    outcome: { kinds: ['syntax'], says: /import/ },
  },
  {
    title: 'returns 1 GB',
    code: () => `export const f = () => Array.from({ length: 4 }, () => 'x'.repeat(2.6e8))`,
    outcome: failed('invalid-output', 'out-of-memory'),
    limits: { timeMs: 20_000 },
  },
  {
    title: 'exits without a result',
    code: () => 'export const f = () => { process.exit(0) }',
    outcome: { kinds: ['threw'], says: /process is not defined/ },
  },
  {
    title: 'never returns',
    code: () => 'export const f = () => { for (;;); }',
    outcome: failed('timed-out'),
  },
  {
    title: 'asks for a clock',
    code: () => 'export const f = () => [typeof Date, typeof performance, typeof setTimeout]',
    outcome: { value: ['undefined', 'undefined', 'undefined'] },
  },
]
