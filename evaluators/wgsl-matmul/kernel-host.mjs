// The process that compiles and runs kernels: WebGPU may crash in a driver or wait for an endless kernel, and then this
// process is ended and started again. Requests and answers are lines of JSON; see kernel-process.ts for who asks.
// Plain JavaScript, because Node runs it as it is, also where the package is installed.
import { createInterface } from 'node:readline'
import process from 'node:process'
import { boundsOf, firstFault, product, randomMatrix } from './product.mjs'
import { naiveKernel } from './naive-kernel.mjs'

/** Shapes [m, n, k] on which every kernel is checked: single entries, primes, thin and thick, whole tiles. */
const checkedShapes = [
  [1, 1, 1],
  [3, 5, 7],
  [33, 17, 65],
  [1, 67, 31],
  [61, 2, 129],
  [64, 64, 64],
]

/** What is timed: on a card large enough to fill it, on the processor small enough to slip between other processes. */
const timedSize = { hardware: 512, software: 64 }
const mostRounds = 60
const fewestRounds = 11
/** Longest time spent on the rounds of one kernel, in milliseconds. */
const roundsMs = 2000

/** What a measurement takes from the many times of a kernel: the ones that nothing else on the machine disturbed. */
const undisturbed = 0.1

const entryPoint = 'main'
const optionalPackage = 'webgpu'
const preferred = { powerPreference: 'high-performance' }

/** The package lists the adapters that there are when it does not find the one it is asked for. */
function noSuchAdapter(wanted, text) {
  const names = [...text.matchAll(/name: '([^']*)'/g)].map(([, name]) => name)
  const known = names.length === 0 ? 'none' : [...new Set(names)].join(', ')
  return `no-such-adapter: there is no GPU called ${wanted} here, as EVOLVE_WEBGPU_ADAPTER says; there are: ${known}`
}

/** A fault of the candidate, as the evaluator returns it. */
class Refused extends Error {
  constructor(failure) {
    super(failure.message)
    this.failure = failure
  }
}

class Bench {
  static async open() {
    // Named like this, it stays out of the evaluator's bundle: the package is optional.
    const { create, globals } = await import(optionalPackage)
    Object.assign(globalThis, globals)
    const wanted = process.env.EVOLVE_WEBGPU_ADAPTER ?? ''
    const gpu = create(wanted === '' ? [] : [`adapter=${wanted}`])
    const adapter = await gpu.requestAdapter(preferred).catch((error) => {
      throw wanted === '' ? error : new Error(noSuchAdapter(wanted, String(error?.message ?? error)))
    })
    if (adapter === null) return undefined
    if (!adapter.features.has('timestamp-query')) throw new Error('the adapter cannot time kernels (timestamp-query)')
    return new Bench(gpu, adapter)
  }

  constructor(gpu, adapter) {
    this.gpu = gpu
    const { info } = adapter
    this.name = [info.vendor, info.device, info.description].filter((word) => word).join(' ')
    this.software = info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe/i.test(this.name)
    this.size = this.software ? timedSize.software : timedSize.hardware
    this.timed = problemOf([this.size, this.size, this.size])
  }

  /** One kernel from its text to its speed. */
  async score(source) {
    // A device of its own: whatever a kernel does to it ends with it.
    const adapter = await this.gpu.requestAdapter(preferred)
    const device = await adapter.requestDevice({ requiredFeatures: ['timestamp-query'] })
    let lost
    void device.lost.then(({ reason, message }) => {
      if (reason !== 'destroyed') lost = message
    })
    try {
      const kernel = await compiled(device, source)
      for (const shape of checkedShapes) await this.#check(device, kernel, problemOf(shape))
      say({ checked: true })
      const naive = await compiled(device, naiveKernel)
      return await this.#compared(device, naive, kernel)
    } catch (error) {
      if (lost === undefined || error instanceof Refused) throw error
      throw new Refused({ kind: 'killed-host', message: `the device was lost while the kernel ran: ${lost}` })
    } finally {
      device.destroy()
    }
  }

  async #check(device, kernel, problem) {
    const place = new Place(device, problem)
    await place.run(kernel)
    refuseFaults(await place.result(), problem)
  }

  /** Kernel and naive kernel by turns, the naive one twice, so that its difference from itself is known too. */
  async #compared(device, naive, kernel) {
    const place = new Place(device, this.timed)
    const times = { before: [], kernel: [], after: [] }
    const begun = performance.now()
    for (let round = 0; round < mostRounds; round++) {
      if (round >= fewestRounds && performance.now() - begun > roundsMs) break
      times.before.push(await place.run(naive))
      times.kernel.push(await place.run(kernel))
      // Every timed product is checked: it might be right on small matrices only.
      refuseFaults(await place.result(), this.timed)
      times.after.push(await place.run(naive))
    }
    const [before, own, after] = [times.before, times.kernel, times.after].map(quiet)
    if (!(own > 0 && before > 0 && after > 0)) throw new Error(`${this.name} measured no time for a kernel`)
    const { size } = this
    return {
      speedup: Math.sqrt(before * after) / own,
      noise: Math.abs(Math.log(before / after)),
      kernelMs: own,
      naiveMs: Math.sqrt(before * after),
      gflops: (2 * size ** 3) / own / 1e6,
      naiveGflops: (2 * size ** 3) / Math.sqrt(before * after) / 1e6,
      rounds: times.kernel.length,
      size,
      adapter: this.name,
      software: this.software,
      group: `${kernel.rows} x ${kernel.cols}`,
    }
  }
}

function problemOf(shape) {
  const [m, n, k] = shape
  const a = randomMatrix(m * k)
  const b = randomMatrix(k * n)
  return { shape, a, b, expected: product(a, b, shape), bounds: boundsOf(a, b, shape) }
}

function refuseFaults(values, { shape, expected, bounds }) {
  const fault = firstFault(values, expected, bounds, shape)
  if (fault !== undefined) throw new Refused(fault)
}

function quiet(times) {
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.floor(undisturbed * sorted.length)]
}

/** Buffers for one product: everything but the kernel. */
class Place {
  constructor(device, { shape, a, b }) {
    const [m, n, k] = shape
    this.device = device
    this.shape = shape
    const { STORAGE, UNIFORM, COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE } = globalThis.GPUBufferUsage
    const buffer = (size, usage) => device.createBuffer({ size, usage })
    this.inputs = [
      buffer(16, UNIFORM | COPY_DST),
      buffer(a.byteLength, STORAGE | COPY_DST),
      buffer(b.byteLength, STORAGE | COPY_DST),
    ]
    ;[new Uint32Array([m, n, k, 0]), a, b].forEach((data, index) =>
      device.queue.writeBuffer(this.inputs[index], 0, data),
    )
    // What is not written stays NaN, so a kernel that leaves entries out is found.
    this.blank = new Float32Array(m * n).fill(NaN)
    this.output = buffer(this.blank.byteLength, STORAGE | COPY_DST | COPY_SRC)
    this.copy = buffer(this.blank.byteLength, COPY_DST | MAP_READ)
    this.queries = device.createQuerySet({ type: 'timestamp', count: 2 })
    this.stamps = buffer(16, QUERY_RESOLVE | COPY_SRC)
    this.stampsCopy = buffer(16, COPY_DST | MAP_READ)
  }

  /** Runs a kernel once. @returns its time on the device in milliseconds. */
  async run({ pipeline, rows, cols }) {
    const { device, queries, shape } = this
    const [m, n] = shape
    device.queue.writeBuffer(this.output, 0, this.blank)
    const entries = [...this.inputs, this.output].map((buffer, binding) => ({ binding, resource: { buffer } }))
    const encoder = device.createCommandEncoder()
    const timestampWrites = { querySet: queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 }
    const pass = encoder.beginComputePass({ timestampWrites })
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }))
    pass.dispatchWorkgroups(Math.ceil(n / cols), Math.ceil(m / rows))
    pass.end()
    encoder.resolveQuerySet(queries, 0, 2, this.stamps, 0)
    encoder.copyBufferToBuffer(this.stamps, 0, this.stampsCopy, 0, 16)
    encoder.copyBufferToBuffer(this.output, 0, this.copy, 0, this.blank.byteLength)
    device.queue.submit([encoder.finish()])
    const [from, to] = new BigUint64Array(await read(this.stampsCopy))
    return Number(to - from) / 1e6
  }

  /** What the last run wrote. */
  async result() {
    return new Float32Array(await read(this.copy))
  }
}

async function read(buffer) {
  await buffer.mapAsync(globalThis.GPUMapMode.READ)
  const data = buffer.getMappedRange().slice(0)
  buffer.unmap()
  return data
}

/** A kernel ready to run. @throws Refused with `syntax` for what does not compile, else because it cannot be called. */
async function compiled(device, source) {
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ code: source })
  const [{ messages }, invalid] = await Promise.all([module.getCompilationInfo(), device.popErrorScope()])
  const error = messages.find(({ type }) => type === 'error')
  if (error !== undefined || invalid !== null) {
    const message = (error?.message ?? invalid.message).trim().split('\n')[0]
    throw new Refused({ kind: 'syntax', message, ...(error?.lineNum > 0 ? { line: error.lineNum } : {}) })
  }
  const tile = await tileOf(device, source)
  const types = ['uniform', 'read-only-storage', 'read-only-storage', 'storage']
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({
      binding,
      visibility: globalThis.GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  })
  try {
    const pipeline = await device.createComputePipelineAsync({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint },
    })
    return { pipeline, ...tile }
  } catch (cause) {
    const message = `the kernel cannot be called: ${reasonIn(String(cause.message))}`
    throw new Refused({ kind: 'constraint-violated', message })
  }
}

/** How many entries of the product one workgroup writes, as the kernel's own constants say: WGSL itself evaluates them. */
async function tileOf(device, source) {
  const probe = `${source}
@group(1) @binding(0) var<storage, read_write> evolve_tile: array<u32, 2>;
const evolve_rows: u32 = u32(GROUP_ROWS);
const evolve_cols: u32 = u32(GROUP_COLS);
@compute @workgroup_size(1) fn evolve_tell_tile() { evolve_tile = array(evolve_rows, evolve_cols); }
`
  device.pushErrorScope('validation')
  const module = device.createShaderModule({ code: probe })
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = globalThis.GPUBufferUsage
  const tile = device.createBuffer({ size: 8, usage: STORAGE | COPY_SRC })
  const copy = device.createBuffer({ size: 8, usage: COPY_DST | MAP_READ })
  const empty = device.createBindGroupLayout({ entries: [] })
  const layout = device.createBindGroupLayout({
    entries: [{ binding: 0, visibility: globalThis.GPUShaderStage.COMPUTE, buffer: { type: 'storage' } }],
  })
  const pipeline = device.createComputePipeline({
    layout: device.createPipelineLayout({ bindGroupLayouts: [empty, layout] }),
    compute: { module, entryPoint: 'evolve_tell_tile' },
  })
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginComputePass()
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, device.createBindGroup({ layout: empty, entries: [] }))
  pass.setBindGroup(1, device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer: tile } }] }))
  pass.dispatchWorkgroups(1)
  pass.end()
  encoder.copyBufferToBuffer(tile, 0, copy, 0, 8)
  device.queue.submit([encoder.finish()])
  const refused = await device.popErrorScope()
  const [rows, cols] = refused === null ? new Uint32Array(await read(copy)) : []
  if (rows > 0 && cols > 0) return { rows, cols }
  const message = 'GROUP_ROWS and GROUP_COLS must be constants above 0: the entries of C that one workgroup writes'
  throw new Refused({ kind: 'constraint-violated', message })
}

/** The sentence of a validation error that says what is wrong; the rest names objects of this file. */
function reasonIn(text) {
  const [first = ''] = text.trim().split('\n')
  return first
    .replaceAll(/the shader module \[[^\]]*\]/g, 'the program')
    .replaceAll(/\[BindGroupLayout[^\]]*\]/g, 'the layout of the problem')
    .replaceAll(/\[[^\]]*\]/g, 'the program')
    .replaceAll('""', '"')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`)

async function serve() {
  const lines = createInterface({ input: process.stdin })
  // An endless kernel keeps threads of the driver busy, so the usual way out would wait for them.
  lines.on('close', () => process.kill(process.pid, 'SIGKILL'))
  let bench
  try {
    bench = await Bench.open()
  } catch (error) {
    say({ unusable: error.code === 'ERR_MODULE_NOT_FOUND' ? 'not-installed' : error.message })
    return
  }
  if (bench === undefined) {
    say({ unusable: 'no-adapter' })
    return
  }
  say({ ready: { adapter: bench.name, software: bench.software } })
  let before = Promise.resolve()
  lines.on('line', (line) => {
    before = before.then(async () => {
      try {
        say(await bench.score(JSON.parse(line).source))
      } catch (error) {
        say(error instanceof Refused ? { failure: error.failure } : { error: String(error?.stack ?? error) })
      }
    })
  })
}

// The evaluator imports this file too, so that its hash covers it.
if (process.argv[2] === 'serve') await serve()
