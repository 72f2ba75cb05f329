import type { Endings } from '../../contracts/backend.ts'
import { describeEvaluatorBackend } from '../../contracts/backend.ts'
import { nodeBackend } from './specs.ts'

const detached = (mark: string): string =>
  `['-c', 'setsid sh -c "while :; do sleep 1; done" "$0" & exit 0', ${JSON.stringify(mark)}]`

const endings: Endings = {
  outOfMemory: 'export const f = () => { const all = []; for (;;) all.push(Buffer.alloc(1e6, 1)) }',
  killed: "export const f = () => { process.kill(process.pid, 'SIGKILL'); for (;;); }",
  garbage:
    "import { writeSync } from 'node:fs'\nexport const f = () => { writeSync(4, 'objectives: 99\\n'); for (;;); }",
  slow: 'export const f = () => { const end = performance.now() + 250; while (performance.now() < end); Date.now = () => 0; performance.now = () => 0; return 1 }',
  grandchild: (mark) =>
    `import { spawn } from 'node:child_process'\nexport const f = async () => { spawn('sh', ${detached(mark)}, { detached: true, stdio: 'ignore' }).unref(); await new Promise((r) => setTimeout(r, 100)); return 1 }`,
  slowStart: () =>
    nodeBackend({ command: ['sh', '-c', 'sleep 0.5; exec "$@"', 'sh', '{node}', '{runner}', '{program}'] }, 1),
}

describeEvaluatorBackend('the process backend', nodeBackend, { drives: false, endings })
describeEvaluatorBackend('the process backend without a sandbox', () => nodeBackend({ sandbox: 'off' }), {
  drives: false,
  endings,
})
