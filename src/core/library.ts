/** An npm package that candidates of a run may import, pinned to what was installed when the run began. */
export interface Library {
  /** The package's name, as candidates import it. */
  readonly name: string
  /** Exact version from its package.json. */
  readonly version: string
  /** Names it exports, sorted; `default` for a default export. */
  readonly exports: readonly string[]
  /** SHA-256 over its name, version and all its source files, hexadecimal. */
  readonly hash: string
}

/** Says how the installed libraries differ from those of a run, one clause for each that does. */
export function changedLibraries(before: readonly Library[], now: readonly Library[]): readonly string[] {
  const named = (list: readonly Library[], name: string) => list.find((library) => library.name === name)
  const names = new Set([...before, ...now].map(({ name }) => name))
  return [...names].flatMap((name) => {
    const [then, today] = [named(before, name), named(now, name)]
    if (then === undefined) return [`the library ${name} has been added`]
    if (today === undefined) return [`the library ${name} has been taken away`]
    if (then.version !== today.version)
      return [`the library ${name} has changed from ${then.version} to ${today.version}`]
    return then.hash === today.hash ? [] : [`the files of the library ${name} ${then.version} have changed`]
  })
}
