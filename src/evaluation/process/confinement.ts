import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { located } from './command-line.ts'

/** How far a command can be kept from the machine: by bubblewrap, by namespaces alone, or not at all. */
export type Confinement = 'bubblewrap' | 'namespaces' | 'none'

/** What one confined command sees. Paths of the machine are absolute. */
export interface Surroundings {
  /** A fresh folder of this run on the machine; the working directory where there is no private one. */
  readonly folder: string
  /** Path of the program's file in `folder`; of several files the first one's, and its topmost folder holds them all. */
  readonly programName: string
  /** Folder on the machine for the outputs of a build, and whether they may be written now. */
  readonly build: { readonly folder: string; readonly writable: boolean } | undefined
  readonly runner: string | undefined
  /** Files and folders that may be read beside the system's. */
  readonly read: readonly string[]
  /** Device files and folders that may be used, for example of a GPU. */
  readonly devices: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Size of the private file system, in bytes. */
  readonly diskBytes: number
}

/** The system's own programs and libraries: what any interpreter or compiler needs, and nothing of the user's. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store']
const systemFiles = ['/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/alternatives', '/etc/localtime']

/** Where things stand for a command inside its confinement. */
export function placesIn(confinement: Confinement, { folder, programName, build, runner }: Surroundings) {
  const inside = confinement === 'bubblewrap' ? '/tmp/candidate' : folder
  return {
    home: inside,
    temporary: confinement === 'bubblewrap' ? '/tmp' : folder,
    program: path.join(inside, programName),
    build: confinement === 'bubblewrap' ? path.join(inside, 'build') : (build?.folder ?? path.join(folder, 'build')),
    runner:
      runner === undefined ? undefined : confinement === 'bubblewrap' ? `/run/evolve/${path.basename(runner)}` : runner,
  }
}

/** Whether a path of the machine exists for a command in bubblewrap. */
export function isVisible(file: string, read: readonly string[]): boolean {
  return [...systemFolders, ...read].some((folder) => file === folder || file.startsWith(`${folder}/`))
}

/** The folders in which a command without a path is looked for: ours, as far as it can see them. */
export function visiblePath(confinement: Confinement, read: readonly string[]): string {
  const usual = ['/usr/local/bin', '/usr/bin', '/bin']
  const own = (process.env['PATH'] ?? '').split(':').filter((folder) => path.isAbsolute(folder))
  if (confinement !== 'bubblewrap') return [...own, ...usual.filter((folder) => !own.includes(folder))].join(':')
  const seen = own.filter((folder) => isVisible(folder, read))
  return [...seen, ...usual.filter((folder) => !seen.includes(folder))].join(':')
}

/**
 * The command line that runs `command` confined.
 *
 * The first process of the result is the one to kill: with it ends everything that the command started, however far it
 * detached itself, except under `none`.
 */
export function confined(
  confinement: Confinement,
  surroundings: Surroundings,
  command: readonly string[],
  extras: readonly string[] = [],
): readonly string[] {
  switch (confinement) {
    case 'bubblewrap':
      return ['bwrap', ...bubblewrapFlags(surroundings), ...extras, '--', ...command]
    case 'namespaces':
      // As the first process of its namespace a command would be deaf to its own signals, so a shell takes that place.
      return ['unshare', ...namespaceFlags, '--', 'sh', '-c', '"$@"; exit $?', 'sh', ...command]
    case 'none':
      return command
  }
}

const namespaceFlags = ['--user', '--map-current-user', '--pid', '--fork', '--kill-child', '--mount-proc'].concat([
  '--net',
  '--ipc',
  '--uts',
])

function bubblewrapFlags(surroundings: Surroundings): readonly string[] {
  const { folder, programName, build, runner, read, devices, env, diskBytes } = surroundings
  const places = placesIn('bubblewrap', surroundings)
  const [top = programName] = programName.split('/')
  const size = ['--size', String(diskBytes)]
  return [
    ...['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session', '--hostname', 'candidate'],
    ...systemFolders.flatMap(mounted),
    ...systemFiles.flatMap((file) => ['--ro-bind-try', file, file]),
    ...['--proc', '/proc', '--dev', '/dev', ...size, '--tmpfs', '/dev/shm'],
    ...devices.flatMap((device) => ['--dev-bind-try', device, device]),
    ...['--remount-ro', '/dev'],
    ...size,
    ...['--perms', '1777', '--tmpfs', '/tmp', '--dir', '/tmp/candidate'],
    ...['--ro-bind', path.join(folder, top), path.join(places.home, top)],
    ...(build === undefined ? [] : [build.writable ? '--bind' : '--ro-bind', build.folder, places.build]),
    ...(runner === undefined ? [] : ['--ro-bind', runner, places.runner ?? '']),
    ...read.flatMap((file) => ['--ro-bind', file, file]),
    // Without this the root itself would be a file system in memory without any limit.
    ...['--remount-ro', '/', '--chdir', '/tmp/candidate', '--cap-drop', 'ALL', '--clearenv'],
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
  ]
}

/** A system folder that is a link on this machine stays one, since `/lib64` mostly means `/usr/lib64`. */
function mounted(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  if (!lstatSync(folder).isSymbolicLink()) return ['--ro-bind', folder, folder]
  return ['--symlink', readlinkSync(folder), folder]
}

/** What a command's first word comes to, or what the user must do so that it can be found. */
export function resolvedCommand(
  name: string,
  confinement: Confinement,
  read: readonly string[],
): { readonly ok: true; readonly file: string } | { readonly ok: false; readonly message: string } {
  const folders = visiblePath(confinement, read).split(':')
  const file = located(name, folders)
  if (file === undefined) {
    const hidden = name.includes('/') ? undefined : located(name, (process.env['PATH'] ?? '').split(':'))
    const where =
      hidden === undefined
        ? 'install it, or write its whole path'
        : `it is at ${hidden}, which the sandbox does not show: add its folder to evaluation.read`
    return { ok: false, message: `there is no command ${name}: ${where}` }
  }
  if (confinement !== 'bubblewrap') return { ok: true, file }
  const real = realpathSync(file)
  const missing = [file, real].find((each) => !isVisible(each, read))
  if (missing === undefined) return { ok: true, file }
  const folder = path.dirname(missing)
  return {
    ok: false,
    message: `${name} is ${missing}, which the sandbox does not show: add its installation (${path.basename(folder) === 'bin' ? path.dirname(folder) : folder}) to evaluation.read`,
  }
}
