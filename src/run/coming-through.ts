import type { CommitRange } from '../pipeline/promotion.ts'

/** Lets programs that are evaluated side by side wait for those that were committed before they were selected. */
export class ComingThrough {
  /** Commits on their way, in rising order. */
  readonly #left: number[]
  readonly #through = new Set<number>()
  #waiting: { readonly to: number; readonly resume: () => void }[] = []

  /** @param commits - Numbers of the commits of all programs that will come through. */
  constructor(commits: readonly number[]) {
    this.#left = [...commits].sort((one, other) => other - one)
  }

  /** Resolves when every program up to the end of the range has come through. */
  ready({ to }: CommitRange): Promise<void> {
    if (this.#next() > to) return Promise.resolve()
    return new Promise((resume) => this.#waiting.push({ to, resume }))
  }

  /** Notes that a program has come through. */
  through(commit: number): void {
    this.#through.add(commit)
    for (let next = this.#left.at(-1); next !== undefined && this.#through.delete(next); next = this.#left.at(-1)) {
      this.#left.pop()
    }
    this.#wake(this.#next())
  }

  /** Lets everybody go on, because the work is called off. */
  giveUp(): void {
    this.#left.length = 0
    this.#wake(Infinity)
  }

  #next(): number {
    return this.#left.at(-1) ?? Infinity
  }

  #wake(next: number): void {
    const ready = this.#waiting.filter(({ to }) => to < next)
    this.#waiting = this.#waiting.filter(({ to }) => to >= next)
    for (const { resume } of ready) resume()
  }
}
