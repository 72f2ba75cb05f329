import type { CandidateFailure } from 'evolve-agent'

type Matrix = Float32Array | Float64Array
type Shape = readonly [m: number, n: number, k: number]

export function product(a: Matrix, b: Matrix, shape: Shape): Float64Array
export function boundsOf(a: Matrix, b: Matrix, shape: Shape): Float64Array
export function firstFault(values: Matrix, expected: Matrix, bounds: Matrix, shape: Shape): CandidateFailure | undefined
