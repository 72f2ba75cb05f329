import { describeTimer } from '../contracts/timer.ts'
import { createFakeTimer } from './timer.ts'

describeTimer('the fake', () => createFakeTimer(() => 1))
