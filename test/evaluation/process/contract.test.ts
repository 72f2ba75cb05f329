import { describeEvaluatorBackend } from '../../contracts/backend.ts'
import { nodeBackend } from './specs.ts'

describeEvaluatorBackend('the process backend', nodeBackend, { drives: false })
describeEvaluatorBackend('the process backend without a sandbox', () => nodeBackend({ sandbox: 'off' }), {
  drives: false,
})
