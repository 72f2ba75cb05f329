/** What is there in an isolate without any import, as far as a function that is compared with itself may use it. */
export const candidateGlobals: ReadonlySet<string> = new Set([
  ...['undefined', 'NaN', 'Infinity', 'Object', 'Function', 'Boolean', 'Symbol', 'Number', 'BigInt', 'Math', 'String'],
  ...['RegExp', 'Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'ArrayBuffer', 'DataView', 'JSON', 'Reflect', 'Proxy'],
  ...['Iterator', 'Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
  ...['AggregateError', 'parseInt', 'parseFloat', 'isNaN', 'isFinite', 'encodeURIComponent', 'decodeURIComponent'],
  ...['encodeURI', 'decodeURI', 'console', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array'],
  ...['Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
])
