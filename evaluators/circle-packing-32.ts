import { defineEvaluator } from 'evolve-agent'
import { squarePacking } from './circles/square-packing.ts'

/** Packs 32 disjoint circles in the unit square. */
export default defineEvaluator(squarePacking(32))
