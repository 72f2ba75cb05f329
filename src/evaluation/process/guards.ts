import { execFile } from 'node:child_process'
import process from 'node:process'
import { UserError } from '../../core/errors.ts'
import { bytesText, durationText } from '../../core/units.ts'
import type { Protection } from '../backend.ts'
import { confined } from './confinement.ts'
import type { Confinement, Surroundings } from './confinement.ts'
import { findControlGroups } from './control-group.ts'
import type { ControlGroup, ControlGroups } from './control-group.ts'
import { hasProcessTable } from './process-tree.ts'
import type { ProcessSpec } from './spec.ts'

/** What works on this machine. */
export interface Guards {
  readonly confinement: Confinement
  /** Why it is not bubblewrap. */
  readonly reason: string | undefined
  /** Flags that this version of bubblewrap has beyond the least one. */
  readonly extras: readonly string[]
  readonly groups: ControlGroups | undefined
  /** Whether `/proc` shows what processes use. */
  readonly processTable: boolean
  /** Puts the kernel's limits around a command line. */
  limited(
    argv: readonly string[],
    group: ControlGroup | undefined,
    limits: { readonly cpuMs: number; readonly diskBytes: number },
  ): readonly string[]
}

/** A user namespace made inside would open kernel code that nobody here needs. */
const strict = ['--disable-userns']

/**
 * Tries out what works here.
 *
 * @param attempt - Why a harmless command cannot be run confined; `undefined` when it can.
 * @throws UserError when the sandbox is required and bubblewrap does not work.
 */
export async function guards(sandbox: ProcessSpec['sandbox'], attempt: Attempt = tried): Promise<Guards> {
  const { confinement, reason, extras } = sandbox === 'off' ? off : await strongest(attempt)
  if (sandbox === 'required' && confinement !== 'bubblewrap') {
    throw new UserError(
      `evaluation.sandbox is required, but bubblewrap does not work here (${reason ?? 'unknown'}): ` +
        'install the package bubblewrap and allow user namespaces, or set sandbox: auto to run with less',
    )
  }
  const groups = process.platform === 'linux' ? findControlGroups() : undefined
  return { confinement, reason, extras, groups, processTable: hasProcessTable(), limited }
}

interface Tried {
  readonly confinement: Confinement
  readonly reason: string | undefined
  readonly extras: readonly string[]
}

const off: Tried = { confinement: 'none', reason: 'sandbox: off', extras: [] }

type Attempt = (confinement: Confinement, extras: readonly string[]) => Promise<string | undefined>

async function strongest(attempt: Attempt): Promise<Tried> {
  if (process.platform !== 'linux') return { ...off, reason: `there is none on ${process.platform}` }
  if ((await attempt('bubblewrap', strict)) === undefined)
    return { confinement: 'bubblewrap', reason: undefined, extras: strict }
  const reason = await attempt('bubblewrap', [])
  if (reason === undefined) return { confinement: 'bubblewrap', reason: undefined, extras: [] }
  if ((await attempt('namespaces', [])) === undefined) return { confinement: 'namespaces', reason, extras: [] }
  return { confinement: 'none', reason, extras: [] }
}

/** Why a harmless command cannot be run confined; `undefined` when it can. */
function tried(confinement: Confinement, extras: readonly string[]): Promise<string | undefined> {
  const [file = '', ...args] = confined(confinement, probe, ['sh', '-c', ':'], extras)
  return new Promise((resolve) => {
    execFile(file, args, { timeout: 10_000, killSignal: 'SIGKILL' }, (error, _stdout, stderr) => {
      if (error === null) resolve(undefined)
      else if (error.code === 'ENOENT') resolve(`there is no command ${file}`)
      else resolve(stderr.trim().split('\n')[0] ?? error.message)
    })
  })
}

const probe: Surroundings = {
  folder: '/usr',
  programName: 'bin',
  build: undefined,
  runner: undefined,
  read: [],
  devices: [],
  env: { PATH: '/usr/bin:/bin' },
  diskBytes: 1_000_000,
}

/** `sh` enters the control groups and sets the limits that a process inherits, then becomes the command. */
function limited(
  argv: readonly string[],
  group: ControlGroup | undefined,
  { cpuMs, diskBytes }: { readonly cpuMs: number; readonly diskBytes: number },
): readonly string[] {
  const seconds = Math.ceil(cpuMs / 1000) + 1
  // POSIX counts file sizes in blocks of 512 bytes; a shell that counts in 1024 allows twice as much.
  const blocks = Math.ceil(diskBytes / 512)
  const script = [
    ...(group?.entrances ?? []).map((_, index) => `echo 0 > "$${String(index + 1)}" || exit 125`),
    `ulimit -c 0; ulimit -t ${String(seconds)}; ulimit -f ${String(blocks)}`,
    `shift ${String(group?.entrances.length ?? 0)}; exec "$@"`,
  ].join('; ')
  return ['/bin/sh', '-c', script, 'sh', ...(group?.entrances ?? []), ...argv]
}

/** What holds here and what does not, in the words of `evolve check`. */
export function protectionsOf(here: Guards, spec: ProcessSpec): readonly Protection[] {
  const { confinement, reason = '', groups, processTable } = here
  const boxed = confinement === 'bubblewrap'
  const apart = confinement !== 'none'
  const guard = (name: string, active: boolean, works: string, missing: string): Protection => ({
    name,
    active,
    detail: active ? works : missing,
  })
  return [
    guard(
      'sandbox',
      boxed,
      "bubblewrap: only the system's programs, evaluation.read and a private /tmp are there, read-only but for /tmp",
      `the user's files can be read and written (bubblewrap: ${reason})`,
    ),
    guard(
      'no network',
      apart,
      'a network namespace of its own without any interface',
      'a candidate can open sockets and reach the network',
    ),
    guard(
      'whole tree killed',
      apart,
      'a process namespace: with its first process ends everything in it, detached or not, also when evolve dies',
      'a process that detaches and clears its environment survives its deadline',
    ),
    guard(
      'private descriptors',
      true,
      'request and answer go over descriptors 3 and 4; stdout and stderr are captured apart and capped',
      '',
    ),
    guard('clean environment', true, 'a fixed list of variables and those of evaluation.env, nothing else', ''),
    guard('fresh working directory', true, 'made for one case and removed after it', ''),
    guard(
      'memory and processes',
      groups !== undefined || processTable,
      groups === undefined
        ? `/proc is read every 25 ms for the whole tree; ${String(spec.processes)} processes and threads`
        : `control group (version ${String(groups.version)}) for the whole tree; ${String(spec.processes)} processes and threads`,
      `there is neither a control group nor /proc on ${process.platform}`,
    ),
    guard(
      'processor time',
      processTable,
      `${durationText(spec.cpuMs)} for the whole tree, and for each process by the kernel`,
      `only each process by itself is limited, to ${durationText(spec.cpuMs)}`,
    ),
    guard(
      'disk',
      true,
      boxed
        ? `${bytesText(spec.diskBytes)} in a private file system in memory; nothing is written to the disk`
        : `the working directory is measured every 25 ms (${bytesText(spec.diskBytes)}); other folders are not`,
      '',
    ),
  ]
}
