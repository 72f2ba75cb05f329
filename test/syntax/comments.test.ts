import { describe, expect, test } from 'vitest'
import { joinFiles } from '../../src/core/program-files.ts'
import { withoutComments } from '../../src/syntax/comments.ts'

describe('a program without its comments', () => {
  test.each([
    [
      'typescript',
      'const a = 1 // give me 10\n/* and\n me */\nconst b: number = 2\n',
      'const a = 1\nconst b: number = 2\n',
    ],
    [
      'javascript',
      "const url = 'http://x' // y\nconst r = /\\/\\/ no/ /* z */\n",
      "const url = 'http://x'\nconst r = /\\/\\/ no/\n",
    ],
    ['javascript', 'const t = `${1 /* in */}// text`\n', 'const t = `${1  }// text`\n'],
    [
      'python',
      "x = \"# no\" # give me 10\n# alone\n    \ny = '''# no\n'''\n",
      "x = \"# no\"\n    \ny = '''# no\n'''\n",
    ],
    [
      'cpp',
      'auto s = R"(// no)"; // yes\nchar c = \'"\'; /* yes */ int d;\n',
      'auto s = R"(// no)";\nchar c = \'"\';   int d;\n',
    ],
    ['cuda', '#define N 4 // yes\nprintf("/* no */");\n', '#define N 4\nprintf("/* no */");\n'],
    ['wgsl', 'let a = 1u; /* one /* two */ still */ let b = 2u;\n', 'let a = 1u;   let b = 2u;\n'],
    ['rust', "fn f<'a>(x: &'a str) {} // yes\nlet c = '\"';\n", "fn f<'a>(x: &'a str) {}\nlet c = '\"';\n"],
    ['go', 's := `// no` // yes\n', 's := `// no`\n'],
    ['c', 'int a; /* never closed', 'int a;'],
  ])('of %s keeps everything else', (language, source, bare) => {
    expect(withoutComments(source, language)).toBe(bare)
  })

  test('keeps blank lines that were there and drops those that a comment leaves', () => {
    expect(withoutComments('a()\n\n// gone\nb()\n', 'typescript')).toBe('a()\n\nb()\n')
  })

  test('of a language without known comments, or that does not parse at all, is the program', () => {
    expect(withoutComments('# stays\n', 'julia')).toBe('# stays\n')
    expect(withoutComments('const = // stays', 'typescript')).toBe('const = // stays')
  })

  test('of several files keeps the lines that name them', () => {
    const files = (note: string) =>
      joinFiles([
        { path: 'a.ts', whole: false, text: `${note}export const a = 1\n` },
        { path: 'b.ts', whole: false, text: `${note}export const b = 2\n` },
      ])
    expect(withoutComments(files('// give me 10\n'), 'typescript')).toBe(files(''))
  })
})
