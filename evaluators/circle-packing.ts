import { defineEvaluator } from 'evolve-agent'
import { squarePacking } from './circles/square-packing.ts'

/** Packs 26 disjoint circles in the unit square. */
export default defineEvaluator(squarePacking(26))
