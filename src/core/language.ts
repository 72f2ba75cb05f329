/** A language that programs are written in, as far as this program cares. */
export interface Language {
  /** What `program.language` calls it. */
  readonly name: string
  /** Tag of code fences in prompts. */
  readonly fence: string
  /** Other tags under which models answer in it. */
  readonly aliases: readonly string[]
  /** What a comment to the end of the line begins with: evolve markers stand in such comments. */
  readonly comment: string
  /** Endings of its files, with the dot; the first is used where a file is made. */
  readonly extensions: readonly string[]
}

/** The languages whose files are known by their ending. Any other can be named too; see {@link languageNamed}. */
export const languages: readonly Language[] = [
  language('typescript', 'ts', '//', ['.ts', '.mts'], ['typescript', 'mts', 'tsx', 'js', 'javascript']),
  language('javascript', 'js', '//', ['.js', '.mjs'], ['javascript', 'mjs', 'jsx', 'ts', 'typescript']),
  language('python', 'python', '#', ['.py'], ['py', 'python3']),
  language('c', 'c', '//', ['.c'], ['h']),
  language('cpp', 'cpp', '//', ['.cpp', '.cc', '.cxx'], ['c++', 'cc', 'cxx', 'hpp']),
  language('cuda', 'cuda', '//', ['.cu'], ['cu', 'cpp', 'c++']),
  language('wgsl', 'wgsl', '//', ['.wgsl'], ['rust']),
  language('rust', 'rust', '//', ['.rs'], ['rs']),
  language('go', 'go', '//', ['.go'], ['golang']),
  language('julia', 'julia', '#', ['.jl'], ['jl']),
  language('lua', 'lua', '--', ['.lua'], []),
  language('sql', 'sql', '--', ['.sql'], ['sqlite']),
  language('yaml', 'yaml', '#', ['.yaml', '.yml'], ['yml']),
  language('toml', 'toml', '#', ['.toml'], []),
  language('shell', 'sh', '#', ['.sh'], ['bash', 'shell']),
  language('text', 'text', '#', ['.txt'], ['txt', 'plain']),
]

function language(
  name: string,
  fence: string,
  comment: string,
  extensions: readonly string[],
  aliases: readonly string[],
): Language {
  return { name, fence, comment, extensions, aliases }
}

/** A language by its name; one that is not in the table is taken as it is called, with `#` for its comments. */
export function languageNamed(name: string): Language {
  return languages.find((known) => known.name === name) ?? language(name, name, '#', [], [])
}

/** The name of the language that a file's ending tells; `undefined` when it tells none. */
export function languageOfFile(file: string): string | undefined {
  return languages.find(({ extensions }) => extensions.some((extension) => file.endsWith(extension)))?.name
}

/** Whether programs in a language are modules that the isolate backend can run. */
export function isScript(name: string): boolean {
  return name === 'typescript' || name === 'javascript'
}

/** What the text of every program of a problem has to be. */
export interface SourceForm {
  /** Name of its language; see {@link languageNamed}. */
  readonly language: string
  /** Name of the function that is called; `undefined` where a program is run, or read, as a whole. */
  readonly entry: string | undefined
}
