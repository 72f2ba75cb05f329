import { isScript } from '../core/language.ts'
import { changeArray } from './arrays.ts'
import { varyIn } from './dialect.ts'
import type { Makers } from './dialect.ts'
import { blendLiterals, moveLiterals, repeatMoves } from './literals.ts'
import type { DirectOperator } from './operator.ts'
import { changeOperator } from './operators.ts'
import type { NumberOutline, Outline } from './outline.ts'
import { pythonDialect } from './python-dialect.ts'
import {
  changePythonOperator,
  deletePython,
  duplicatePython,
  splicePython,
  splicePythonStatement,
  swapPython,
  wrapPython,
} from './python-edits.ts'
import type { PythonOutline } from './python-outline.ts'
import { scriptDialect } from './script-dialect.ts'
import { spliceExpression, spliceNamed, spliceStatement } from './splice.ts'
import { deleteStatement, duplicateStatement, swapStatements } from './statements.ts'
import { textDialect } from './text-dialect.ts'
import { changeBounds, wrapExpression } from './wrap.ts'

/** Moves of numbers, in any language. */
const numbers: Makers<NumberOutline> = [
  [60, moveLiterals],
  [25, repeatMoves],
  [12, blendLiterals],
]

const ofScripts: Makers<Outline> = [
  ...numbers,
  [10, changeOperator],
  [9, wrapExpression],
  [5, changeBounds],
  [8, changeArray],
  [7, spliceExpression],
  [3, spliceNamed],
  [2, spliceStatement],
  [3, duplicateStatement],
  [3, deleteStatement],
  [2, swapStatements],
]

const ofPython: Makers<PythonOutline> = [
  ...numbers,
  [12, changePythonOperator],
  [14, wrapPython],
  [14, splicePython],
  [4, splicePythonStatement],
  [4, duplicatePython],
  [4, deletePython],
  [3, swapPython],
]

/**
 * Edits the parent without a model: in JavaScript, TypeScript and Python its syntax tree (literals, operators,
 * statements, pieces of inspirations), in any other language its numbers.
 *
 * What a child keeps is said by the dialects. The trait `step` is the relative size of literal moves; it is inherited
 * and mutated, so that it adapts by selection.
 *
 * @see Beyer and Schwefel 2002, "Evolution strategies", https://doi.org/10.1023/A:1015059928466 (self-adaptation).
 */
export const perturb: DirectOperator = treeEditor('perturb', ofScripts, ofPython, numbers)

const onlyMoves: Makers<NumberOutline> = [
  [60, moveLiterals],
  [25, repeatMoves],
]

/**
 * {@link perturb} with moves of numeric literals alone: an evolution strategy over a program's constants.
 *
 * With the sampler `restart` it is the hill climber that every search has to beat.
 */
export const perturbLiterals: DirectOperator = treeEditor('perturb-literals', onlyMoves, onlyMoves, onlyMoves)

function treeEditor(
  name: string,
  scripts: Makers<Outline>,
  python: Makers<PythonOutline>,
  text: Makers<NumberOutline>,
): DirectOperator {
  return {
    kind: 'direct',
    name,
    vary: (request) => {
      const { language = 'typescript' } = request
      if (isScript(language)) return varyIn(scriptDialect, scripts, request)
      if (language === 'python') return varyIn(pythonDialect, python, request)
      return varyIn(textDialect(language), text, request)
    },
  }
}
