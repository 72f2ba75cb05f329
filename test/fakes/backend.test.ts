import { describeEvaluatorBackend } from '../contracts/backend.ts'
import { createFakeBackend } from './backend.ts'

describeEvaluatorBackend('the fake', createFakeBackend)
