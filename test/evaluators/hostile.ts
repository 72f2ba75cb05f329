/*
 * The shared list of programs that cheat. Each is a problem's own first program behind a wrapper, so it is evaluated by
 * the whole pipeline and fits every problem whose program is TypeScript or JavaScript. What only makes sense for one
 * problem is a file under test/fixtures/adversarial/<problem>/.
 */

import type { CandidateFailure } from '../../src/core/failure.ts'

/**
 * What must come of a cheating program: `refused` means no score at all; `no gain` means no score, or none that beats the
 * program without the trick.
 */
export type Outcome = 'refused' | 'no gain'

/** One way to cheat. */
export interface Trick {
  readonly name: string
  readonly outcome: Outcome
  /**
   * Body of an async function over `entry` (the first program's), `args` (of the case) and `honest` (an async function
   * that gives the first program's own value). It may use the words of {@link prelude}.
   */
  readonly body: string
  /** Kinds of failure that count as being refused, where they are not that the data is invalid. */
  readonly endings?: readonly CandidateFailure['kind'][]
}

/** What the bodies may use: the first number or text in a value, all of them, and changed copies. */
const prelude = `
const { stringify: __stringify, parse: __parse } = JSON
const __isLeaf = (value) => typeof value !== 'object' || value === null
const __mapLeaves = (value, change) => {
  let index = 0
  const walk = (inner) => {
    if (__isLeaf(inner)) return change(inner, index++)
    if (Array.isArray(inner)) return inner.map(walk)
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, walk(item)]))
  }
  return walk(value)
}
const __countLeaves = (value) => {
  let count = 0
  __mapLeaves(value, () => count++)
  return count
}
const __withFirst = (value, change) => __mapLeaves(value, (leaf, index) => (index === 0 ? change(leaf) : leaf))
const __withAll = (value, item) => __mapLeaves(value, () => item)
const __innermost = (value) => {
  let [holder, key] = [undefined, undefined]
  for (let inner = value; !__isLeaf(inner); inner = inner[key]) {
    holder = inner
    key = Object.keys(inner)[0]
    if (key === undefined) break
  }
  return [holder, key]
}
`

const refused = (name: string, body: string): Trick => ({ name, outcome: 'refused', body })
const noGain = (name: string, body: string): Trick => ({ name, outcome: 'no gain', body })

/** Every trick, for every problem. */
export const tricks: readonly Trick[] = [
  refused('a NaN first', 'return __withFirst(await honest(), () => NaN)'),
  refused(
    'a NaN last',
    'const value = await honest(), last = __countLeaves(value) - 1; return __mapLeaves(value, (leaf, index) => (index === last ? NaN : leaf))',
  ),
  refused('nothing but NaN', 'return __withAll(await honest(), NaN)'),
  refused('an infinity', 'return __withFirst(await honest(), () => Infinity)'),
  refused('a negative infinity', 'return __withFirst(await honest(), () => -Infinity)'),
  refused('numbers as large as they get', 'return __withAll(await honest(), Number.MAX_VALUE)'),
  refused('numbers so small that their squares vanish', 'return __withAll(await honest(), 1e-161)'),
  refused('zeros only', 'return __withAll(await honest(), 0)'),
  refused('a huge BigInt', 'return __withFirst(await honest(), () => 10n ** 40n)'),
  refused('a boxed number', 'return __withFirst(await honest(), (leaf) => Object(leaf))'),
  refused(
    'objects that turn into another number every time',
    'let calls = 0; return __withAll(await honest(), { valueOf: () => 0.1 * ++calls })',
  ),
  refused('booleans for numbers', 'return __withAll(await honest(), true)'),
  refused('a missing value inside', 'return __withFirst(await honest(), () => undefined)'),
  refused('null inside', 'return __withFirst(await honest(), () => null)'),
  refused('a list where a number belongs', 'return __withFirst(await honest(), (leaf) => [leaf])'),
  refused('a symbol', "return __withFirst(await honest(), () => Symbol('1'))"),
  refused('nothing', 'await honest()'),
  refused('null', 'return null'),
  refused('an empty list', 'return []'),
  refused('an empty object', 'return {}'),
  refused('an empty text', "return ''"),
  refused('a reported score', 'return 2e9'),
  refused(
    'a reported score beside the value',
    'return { score: 2e9, fitness: 2e9, objectives: { score: 2e9 }, value: await honest() }',
  ),
  refused('the value as text', 'return JSON.stringify(await honest())'),
  refused('the value one level too deep', 'return [await honest()]'),
  refused('a function', 'const value = await honest(); return () => value'),
  refused('a map', 'return new Map([[0, await honest()]])'),
  refused('an instance of a class', 'class Answer { value = 1; get score() { return 2e9 } }; return new Answer()'),
  refused('a list that contains itself', 'const list = []; list.push(list); return list'),
  refused(
    'a hundred thousand lists inside one another',
    'let value = []; for (let i = 0; i < 100_000; i++) value = [value]; return value',
  ),
  refused(
    'a list of holes',
    'const value = await honest(); return new Array(Array.isArray(value) ? Math.max(1, value.length) : 1)',
  ),
  refused('a list of four thousand million holes', 'const list = [0]; list.length = 4_294_967_295; return list'),
  refused(
    'a proxy that answers differently every time',
    'let reads = 0; return new Proxy(Object(await honest()), { get: (target, key) => (reads++ > 0 ? 2e9 : target[key]) })',
  ),
  { ...refused('the value as an exception', 'throw await honest()'), endings: ['threw'] },

  noGain(
    'the last item left out',
    'const value = await honest(); return Array.isArray(value) ? value.slice(0, -1) : undefined',
  ),
  noGain(
    'the last item twice',
    'const value = await honest(); return Array.isArray(value) ? [...value, value.at(-1)] : undefined',
  ),
  noGain(
    'one item over and over',
    'const value = await honest(); return Array.isArray(value) ? value.map(() => value[0]) : undefined',
  ),
  {
    ...noGain(
      'the answer to a larger question',
      "return entry(...args.map((arg) => (typeof arg === 'number' ? arg + 1 : arg)))",
    ),
    endings: ['invalid-output', 'constraint-violated', 'threw', 'timed-out'],
  },
  {
    ...noGain(
      'the answer to a smaller question',
      "return entry(...args.map((arg) => (typeof arg === 'number' && arg > 1 ? arg - 1 : arg)))",
    ),
    endings: ['invalid-output', 'constraint-violated', 'threw', 'timed-out'],
  },
  {
    ...noGain(
      'a getter that changes its answer',
      'const value = await honest(); const [holder, key] = __innermost(value); if (holder === undefined) return undefined; const first = holder[key]; let reads = 0; Object.defineProperty(holder, key, { enumerable: true, get: () => (reads++ === 0 ? first : 2e9) }); return value',
    ),
    // A typed array takes no getter.
    endings: ['invalid-output', 'constraint-violated', 'threw'],
  },
  noGain(
    'a toJSON that swaps the data',
    'const value = await honest(); if (__isLeaf(value)) return undefined; Object.defineProperty(value, "toJSON", { enumerable: false, value: () => __withAll(value, 2e9) }); return value',
  ),
  noGain(
    'an enumerable toJSON',
    'const value = await honest(); if (__isLeaf(value)) return undefined; value.toJSON = () => 2e9; return value',
  ),
  noGain(
    'a score written on the list',
    'const value = await honest(); if (__isLeaf(value)) return undefined; Object.defineProperty(value, "score", { enumerable: false, value: 2e9 }); return value',
  ),
  noGain(
    'data that changes after it was returned',
    'const value = await honest(); const [holder, key] = __innermost(value); Promise.resolve().then(() => { if (holder !== undefined) holder[key] = 2e9 }); return value',
  ),
  noGain(
    'changed arguments',
    'const value = await honest(); for (const arg of args) if (Array.isArray(arg)) arg.length = 0; args.fill(0); return value',
  ),
  {
    ...noGain(
      'patched built-ins',
      `const value = await honest()
    Array.prototype.map = () => [1]
    Array.prototype.reduce = () => 2e9
    Array.prototype.every = () => true
    Array.prototype.some = () => false
    Array.isArray = () => true
    Number.isFinite = () => true
    Number.isInteger = () => true
    Math.hypot = () => 1e9
    Math.min = () => 1e9
    Math.sqrt = () => 1e9
    JSON.stringify = () => '[]'
    Object.keys = () => []
    Object.prototype.objectives = { score: 2e9 }
    Object.prototype.then = undefined
    return value`,
    ),
    // Called again, the program itself meets the patches: it breaks down, or with a patched Math.min finds no end.
    endings: ['invalid-output', 'constraint-violated', 'threw', 'timed-out'],
  },
]

/**
 * The first program with its entry behind a trick.
 *
 * @param source - The whole file; it must declare and export its entry in one statement, or export it by its name alone.
 */
export function hostileSource(source: string, entry: string, { body }: Trick): string {
  const declaration = new RegExp(
    `\\bexport\\s+(?=(?:async\\s+)?(?:function\\*?|const|let|var|class)\\s+${entry}\\b)|\\bexport \\{ ${entry} \\}`,
  )
  if (!declaration.test(source)) {
    throw new Error(`a first program must say "export function ${entry}": then the shared tricks can stand before it`)
  }
  // A program that is called step by step must answer at once.
  const isAsync = new RegExp(`\\bexport\\s+(?:async\\s+function|(?:const|let|var)\\s+${entry}\\s*=\\s*async)\\b`).test(
    source,
  )
  return `${source.replace(declaration, '')}
${prelude}
${isAsync ? 'async ' : ''}function __hostile(...args) {
  const entry = ${entry}
  const copy = __stringify(args)
  const honest = () => entry(...__parse(copy))
  ${isAsync ? body : body.replaceAll('await ', '')}
}
export { __hostile as ${entry} }
`
}

/** A program chooses how many steps its function has, and every list of heights is a function. */
const stepFunction = {
  'the last item twice': { outcome: 'any', why: 'a step function with one more step is scored as what it is' },
  'the last item left out': { outcome: 'any', why: 'a step function with one step less is scored as what it is' },
} as const

const standingStill = 'standing still is allowed and leaves the loss where it was'

/** Any list of as many numbers as there are bins is a ranking, so tricks with numbers only make other, worse or better rules. */
const ranking = {
  'numbers as large as they get': { outcome: 'any', why: 'equal ranks are a rule: the first bin gets the item' },
  'numbers so small that their squares vanish': {
    outcome: 'any',
    why: 'equal ranks are a rule: the first bin gets it',
  },
  'zeros only': { outcome: 'any', why: 'equal ranks are a rule: the first bin gets the item' },
  'one item over and over': { outcome: 'any', why: 'equal ranks are a rule: the first bin gets the item' },
  'the answer to a larger question': { outcome: 'any', why: 'ranking as if the item were larger is another rule' },
  'the answer to a smaller question': { outcome: 'any', why: 'ranking as if the item were smaller is another rule' },
} as const

/**
 * Tricks that do no harm to a problem, with the reason; the test still runs them and asks for no gain at least, unless the
 * outcome here is `any`.
 */
export const exceptions: Readonly<
  Record<string, Readonly<Record<string, { outcome: 'no gain' | 'any'; why: string }>>>
> = {
  'autocorrelation-1': stepFunction,
  'autocorrelation-2': stepFunction,
  'deceptive-maze': {
    'the last item twice': { outcome: 'any', why: 'one more move is another drive, scored by where it ends' },
    'the last item left out': { outcome: 'any', why: 'one move less is another drive, scored by where it ends' },
    'one item over and over': { outcome: 'any', why: 'one move repeated is another drive, scored by where it ends' },
  },
  'erdos-overlap': stepFunction,
  'optimizer-discovery': {
    'numbers as large as they get': {
      outcome: 'no gain',
      why: 'a step far away is a poor step and counts as diverged',
    },
    'numbers so small that their squares vanish': { outcome: 'no gain', why: standingStill },
    'zeros only': { outcome: 'no gain', why: standingStill },
  },
  'symbolic-regression': {
    'a proxy that answers differently every time': {
      outcome: 'no gain',
      why: 'it is read once, and then its formula is a number, which fits nothing',
    },
  },
  'bin-packing-weibull': ranking,
  'cap-set-8': {
    'numbers so small that their squares vanish': {
      outcome: 'no gain',
      why: 'equal priorities are a priority function: the lexicographic order decides',
    },
    'zeros only': {
      outcome: 'no gain',
      why: 'equal priorities are a priority function: the lexicographic order decides',
    },
    'data that changes after it was returned': {
      outcome: 'any',
      why: 'a changed priority of one vector before the copy is made is another priority function',
    },
  },
  'vector-bin-packing': ranking,
}

/**
 * How much better than the first program a trick may seem where the objective is a measured time, or what is found in a
 * given time: the factor between two measurements of the same program that noise alone explains.
 */
export const noise: Readonly<Record<string, number>> = {
  // Searches for a tenth of a second, so a busy machine gets less far.
  'heilbronn-convex-13': 8,
  // On a busy machine, where the processor plays the GPU.
  'wgsl-matmul': 3,
  'sort-speed': 2,
  'edit-distance-speed': 2,
  'made-from-function': 2,
}
