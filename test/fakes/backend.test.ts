import { describeEvaluatorBackend } from '../contracts/backend.ts'
import { createFakeBackend } from './backend.ts'

describeEvaluatorBackend('the fake', createFakeBackend, {
  endings: {
    outOfMemory: '// ends as out-of-memory\nexport const f = () => 0',
    killed: '// ends as killed-host\nexport const f = () => 0',
    garbage: '// ends as invalid-output\nexport const f = () => 0',
    slow: 'export const f = () => { const end = performance.now() + 250; while (performance.now() < end); return 1 }',
    slowStart: createFakeBackend,
  },
})
