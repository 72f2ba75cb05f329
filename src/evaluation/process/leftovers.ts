import process from 'node:process'

/**
 * Whether something was left behind by a controller that is gone.
 *
 * @param name - A name that its maker begins with `prefix`, its own process id and a dash; any other name belongs to nobody.
 */
export function isLeftover(name: string, prefix: string): boolean {
  const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : 0
  return pid > 0 && !isAlive(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
