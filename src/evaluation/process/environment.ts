import process from 'node:process'

/** Names that may hold what a candidate must never see. */
const secretName = /key|token|secret|passw|credential|auth/i

/** Why an entry of `evaluation.env` may not be given to candidates; `undefined` when it may. */
export function environmentMistake(entry: string): string | undefined {
  const [name = '', value] = split(entry)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'must be NAME or NAME=value'
  if (secretName.test(name)) return 'sounds like a secret, and candidates are given none: choose another variable'
  if (name.startsWith('LD_') || name.startsWith('EVOLVE_')) return 'is set by evolve or the loader and cannot be chosen'
  if (value?.includes('${') === true) return 'must not hold a reference: pass a variable through by its name alone'
  return undefined
}

/** What stands beside the user's own variables: nothing that tells about this machine or its user. */
const base = {
  LANG: 'C.UTF-8',
  PYTHONHASHSEED: '0',
  // One candidate is one core's work, unless the problem says otherwise.
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
}

/** The whole environment of a candidate: an allow-list, never a copy of ours. */
export function candidateEnvironment(entries: readonly string[], fixed: Readonly<Record<string, string>>) {
  const chosen = entries.flatMap((entry): [string, string][] => {
    const [name = '', value] = split(entry)
    const given = value ?? process.env[name]
    return given === undefined ? [] : [[name, given]]
  })
  return { ...base, ...Object.fromEntries(chosen), ...fixed }
}

function split(entry: string): readonly string[] {
  const at = entry.indexOf('=')
  return at === -1 ? [entry] : [entry.slice(0, at), entry.slice(at + 1)]
}
