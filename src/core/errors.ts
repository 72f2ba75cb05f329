/** Where a user's mistake stands. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** Dotted key path inside the file, for example `archive.axes[0].bins`. */
  readonly key?: string
}

/**
 * Something the user must fix. The command line prints it as one line per problem and exits with 2.
 *
 * The message says what is wrong and what to do about it; the location, when known, is printed before it.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly location: SourceLocation | undefined
  constructor(message: string, location?: SourceLocation, options?: ErrorOptions) {
    super(message, options)
    this.location = location
  }
}

/**
 * The user's evaluator broke on one candidate: that candidate's stage fails as ours, and the next candidate may fare
 * better. After several of the same the run stops, and this is then what the user must fix.
 */
export class EvaluatorFault extends UserError {}

/** Several user mistakes found in one reading, so that all can be fixed at once. */
export class UserErrors extends Error {
  override readonly name = 'UserErrors'
  readonly errors: readonly UserError[]
  constructor(errors: readonly UserError[]) {
    super(errors.map((error) => error.message).join('\n'))
    this.errors = errors
  }
}

/** Breakage around the run: a full disk, a store that cannot be read, a worker that cannot start. Exit code 3. */
export class InfrastructureError extends Error {
  override readonly name = 'InfrastructureError'
}

/** A rule of this program broken by this program: a defect here, never the user's or a candidate's fault. Exit code 3. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/**
 * Marks a branch the types prove unreachable.
 *
 * @throws {@link InvariantError} always.
 */
export function unreachable(value: never, what: string): never {
  throw new InvariantError(`unexpected ${what}: ${JSON.stringify(value)}`)
}

/** The message of anything that was thrown, without touching a hostile value's getters twice. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
