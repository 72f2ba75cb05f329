// Runs one case of a JavaScript candidate in a process: reads a request from descriptor 3, calls the exported entry and
// answers on descriptor 4. Usage: node node.mjs PROGRAM, where the files of a program of several are below `program` in the
// working directory. The candidate shares this process, so nothing here is a protection: the process is.
/* eslint no-console: off */
import { readFileSync, realpathSync, statSync, writeSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

const ANSWER = 4
const program = realpathSync(process.argv[2])
const folder = `${process.cwd()}/program/`
const isSeveral = program.startsWith(folder)
const request = JSON.parse(readFileSync(3, 'utf8'))

function answer(message) {
  let data
  try {
    data = Buffer.from(`${JSON.stringify(message)}\n`)
  } catch (error) {
    // Longer than the engine's longest text.
    data = Buffer.from(`${JSON.stringify({ output: { message: `$ cannot be written as JSON: ${error.message}` } })}\n`)
  }
  while (data.length > 0) {
    try {
      data = data.subarray(writeSync(ANSWER, data))
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}

// Written at once: what is buffered is lost when the process is ended right after its answer.
for (const [name, fd] of Object.entries({ log: 1, info: 1, debug: 1, warn: 1, error: 1 })) {
  console[name] = (...values) => {
    const text = values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')
    let data = Buffer.from(`${text}\n`)
    while (data.length > 0) {
      try {
        data = data.subarray(writeSync(fd, data))
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error
      }
    }
  }
}

let state = request.seed >>> 0
Math.random = () => {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), state | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
}

function flaw(value, place, depth) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${place} is ${value}`
  if (typeof value !== 'object') return `${place} is a ${typeof value}, which is not plain data`
  if (depth > 200) return `${place} is nested too deeply`
  for (const [key, item] of Object.entries(value)) {
    const wrong = flaw(item, Array.isArray(value) ? `${place}[${key}]` : `${place}.${key}`, depth + 1)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

// An import may mean a file as TypeScript does: with `.js` for `.ts`, or without an ending.
if (isSeveral) {
  registerHooks({
    resolve(specifier, context, next) {
      if (!/^\.{1,2}\//.test(specifier) || context.parentURL === undefined) return next(specifier, context)
      const url = new URL(specifier, context.parentURL).href
      const found = [url, url.replace(/\.(m?)js$/, '.$1ts'), `${url}.ts`, `${url}.js`].find(isFile)
      return next(found ?? specifier, context)
    },
  })
}

function isFile(url) {
  return statSync(fileURLToPath(url), { throwIfNoEntry: false })?.isFile() === true
}

function described(error) {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const stack = error instanceof Error ? String(error.stack) : ''
  const frames = stack
    .split('\n')
    .filter((line) => line.includes(isSeveral ? folder : program))
    .slice(0, 8)
  const places = isSeveral ? `${escaped(folder)}([\\w.+@/-]+)` : escaped(program)
  const [, ...told] = new RegExp(`${places}:(\\d+)`).exec(stack) ?? []
  const line = told.at(-1)
  return {
    message,
    ...(told.length === 2 ? { file: told[0] } : {}),
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(frames.length === 0 ? {} : { stack: frames.join('\n') }),
  }
}

function escaped(text) {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

async function outcome() {
  let module
  try {
    module = await import(pathToFileURL(program).href)
  } catch (error) {
    return error instanceof SyntaxError ? { syntax: described(error) } : { threw: described(error) }
  }
  const called = module[request.entry]
  if (typeof called !== 'function') {
    const names = Object.keys(module).join(', ') || 'nothing'
    return { syntax: { message: `exports no function ${request.entry}; it exports ${names}` } }
  }
  try {
    const value = await called(...request.args)
    const wrong = flaw(value, '$', 0)
    return wrong === undefined ? { value } : { output: { message: wrong } }
  } catch (error) {
    return { threw: described(error) }
  }
}

answer({ ready: true })
// A promise that nothing will settle must be waited for until the deadline, not end the process.
setInterval(() => undefined, 1e6)
answer(await outcome())
process.exit(0)
