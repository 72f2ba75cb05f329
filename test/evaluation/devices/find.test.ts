import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import evaluator from '../../../evaluators/cuda-matrix-chain.ts'
import { entry, firstWrongRow, prime } from '../../../evaluators/cuda-matrix-chain/projection.ts'
import { findGpus } from '../../../src/evaluation/devices/find.ts'
import { openSuiteProblem, suiteProblem } from '../../evaluators/problem-files.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'evolve-stubs-'))
const path0 = process.env['PATH'] ?? ''
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  vi.unstubAllEnvs()
  for (const name of ['nvidia-smi', 'nvcc']) rmSync(path.join(folder, name), { force: true })
})

/** Puts a command in front of the PATH. */
function stub(name: string, script: string): void {
  const file = path.join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  vi.stubEnv('PATH', `${folder}:${path0}`)
}

const two = 'echo "0, GPU-aaaa-1, NVIDIA A100, 80GB"; echo "1, GPU-bbbb-2, NVIDIA L4"'

describe('the search for cards', () => {
  it('takes what nvidia-smi lists', async () => {
    stub('nvidia-smi', two)
    expect(await findGpus()).toEqual([
      { index: 0, uuid: 'GPU-aaaa-1', name: 'NVIDIA A100, 80GB' },
      { index: 1, uuid: 'GPU-bbbb-2', name: 'NVIDIA L4' },
    ])
  })

  it('takes the cards that the problem names, by number or UUID, and says which there are', async () => {
    stub('nvidia-smi', two)
    expect(await findGpus([1, 'GPU-aaaa-1'])).toMatchObject([{ index: 1 }, { index: 0 }])
    await expect(findGpus([7])).rejects.toThrow(
      'there is no GPU 7 here; there are 0 (NVIDIA A100, 80GB), 1 (NVIDIA L4)',
    )
  })

  it.each([
    ['1', [1]],
    ['1,0', [1, 0]],
    ['GPU-bbbb', [1]],
    ['0,-1,1', [0]],
  ])('leaves out what CUDA_VISIBLE_DEVICES=%s hides', async (variable, indices) => {
    stub('nvidia-smi', two)
    vi.stubEnv('CUDA_VISIBLE_DEVICES', variable)
    expect((await findGpus()).map(({ index }) => index)).toEqual(indices)
  })

  it('says in one line what is missing', async () => {
    vi.stubEnv('PATH', folder)
    await expect(findGpus()).rejects.toThrow(
      /^there is no GPU that CUDA can use: nvidia-smi is missing, install the NVIDIA driver$/,
    )
    stub('nvidia-smi', 'echo "NVIDIA-SMI has failed because it could not communicate with the driver."; exit 9')
    await expect(findGpus()).rejects.toThrow(
      /^there is no GPU that CUDA can use: nvidia-smi says NVIDIA-SMI has failed[^\n]*$/,
    )
    stub('nvidia-smi', 'exit 0')
    await expect(findGpus()).rejects.toThrow(/^there is no GPU here: nvidia-smi lists none[^\n]*$/)
  })
})

describe('the CUDA problem', () => {
  const problem = suiteProblem('cuda-matrix-chain.yaml')
  const unconfined = { ...problem, evaluation: { ...problem.evaluation, sandbox: 'off' as const } } as typeof problem
  const limits = { timeMs: 5000, memoryBytes: 1e9, outputBytes: 1e6, consoleBytes: 100 }

  async function attempt() {
    const evaluating = await openSuiteProblem(unconfined)
    const cases = evaluating.cases.slice(0, 1)
    try {
      const request = { code: problem.program.source, entry: undefined, cases, limits, seed: 's' }
      return await evaluating.backend.run(request, new AbortController().signal)
    } finally {
      await evaluating.close()
    }
  }

  it('says that there is no compiler, whatever else there is', async () => {
    vi.stubEnv('PATH', folder)
    stub('nvidia-smi', two)
    vi.stubEnv('PATH', folder)
    await expect(attempt()).rejects.toThrow('there is no command nvcc: install it')
  })

  it('says that there is a compiler and no card', async () => {
    stub('nvcc', ': > "$3"')
    stub('nvidia-smi', 'exit 0')
    await expect(attempt()).rejects.toThrow('there is no GPU here: nvidia-smi lists none')
  })

  it('compiles with nvcc and runs the program with a card of its own', async () => {
    stub('nvidia-smi', two)
    stub(
      'nvcc',
      `printf '#!/bin/sh\\necho "{\\\\"threw\\\\":{\\\\"message\\\\":\\\\"$CUDA_VISIBLE_DEVICES\\\\"}}" >&4\\n' > "$3"; chmod +x "$3"`,
    )
    expect((await attempt()).cases).toMatchObject([
      { ok: false, failure: { kind: 'threw', message: expect.stringMatching(/^GPU-(aaaa-1|bbbb-2)$/) as string } },
    ])
  })

  it('takes the true product of a chain, and no other', () => {
    const [n, count, seed] = [7, 4, 3_000_000_000]
    const matrix = (number: number) =>
      Array.from({ length: n * n }, (_, at) => entry(seed, number, Math.floor(at / n), at % n))
    const times = (a: readonly number[], b: readonly number[]) =>
      Array.from({ length: n * n }, (_, at) => {
        const [row, col] = [Math.floor(at / n), at % n]
        return (
          Array.from({ length: n }, (_each, k) => a[row * n + k]! * b[k * n + col]!).reduce((x, y) => x + y) % prime
        )
      })
    const product = [1, 2, 3].map(matrix).reduce(times, matrix(0))
    expect(firstWrongRow(product, n, count, seed)).toBeUndefined()
    const wrong = product.with(16, (product[16]! + 1) % prime)
    expect([2, undefined]).toContain(firstWrongRow(wrong, n, count, seed))
    const args = [n, count, seed]
    const scored = (value: number[]) =>
      evaluator.score({ cases: [{ id: 'only', args, ok: true, value, ms: 12 }], program: { source: '' } })
    expect(scored(product)).toMatchObject({ objectives: { milliseconds: 12 } })
    expect(scored(product.slice(1))).toMatchObject({ kind: 'constraint-violated' })
    expect(scored(product.map((value) => (value + 1) % prime))).toMatchObject({ kind: 'constraint-violated' })
  })
})
