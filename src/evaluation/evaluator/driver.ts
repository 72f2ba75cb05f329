import { Script } from 'node:vm'
import type { Driver } from '../backend.ts'
import { evaluatorMistake } from './blame.ts'
import type { Evaluator, SourceEvaluator } from './define.ts'

/**
 * The source text of an evaluator's `drive`, for the context beside the candidate.
 *
 * @returns Nothing when the evaluator has none.
 * @throws UserError when it is no plain function: an asynchronous or generating one, or one that is bound or built in.
 */
export function driverOf(
  evaluator: Pick<Evaluator, 'drive'> | SourceEvaluator,
  evaluatorPath: string,
): Driver | undefined {
  const drive = 'drive' in evaluator ? evaluator.drive : undefined
  if (drive === undefined) return undefined
  if (typeof drive !== 'function') throw evaluatorMistake('drive must be a function', evaluatorPath)
  const text = drive.toString()
  // `drive(candidate) { ... }` is a method's text, `(candidate) => ...` and `function ...` are expressions.
  const source = [`{ drive: ${text} }`, `{ ${text} }`].find(isExpression)
  if (source === undefined || Object.getPrototypeOf(drive) !== Function.prototype) {
    throw evaluatorMistake(
      'drive must be a plain function that answers at once, written out in the evaluator',
      evaluatorPath,
    )
  }
  return { source, evaluatorPath }
}

function isExpression(source: string): boolean {
  try {
    return new Script(`'use strict';(${source})`) instanceof Script
  } catch {
    return false
  }
}
