// EVOLVE-BLOCK-START
/** Bits that one pass looks at. */
const digitBits = 4

/** Lists up to this length are sorted by insertion. */
const shortest = 16

/** Sorts by the digits of the keys, lowest first. A key is 64 bits in two words; it grows with its number. */
function sortNumbers(numbers: Float64Array): void {
  const length = numbers.length
  if (length <= shortest) {
    sortByInsertion(numbers)
    return
  }
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * length)
  for (let i = 0; i < length; i++) toKey(words, i)
  let from = words
  let to = new Uint32Array(2 * length)
  for (let bit = 0; bit < 64; bit += digitBits) {
    if (sortByDigit(from, to, length, bit)) {
      const full = to
      to = from
      from = full
    }
  }
  if (from !== words) words.set(from)
  for (let i = 0; i < length; i++) toNumber(words, i)
}

/** Moves the keys in order of one digit; false when they all have the same. A digit may reach over both words. */
function sortByDigit(from: Uint32Array, to: Uint32Array, length: number, bit: number): boolean {
  const size = 2 ** digitBits
  const starts = new Uint32Array(size + 1)
  for (let i = 0; i < length; i++) starts[digitAt(from, i, bit) + 1]++
  if (starts[digitAt(from, 0, bit) + 1] === length) return false
  for (let digit = 0; digit < size; digit++) starts[digit + 1] += starts[digit]
  for (let i = 0; i < length; i++) {
    const place = starts[digitAt(from, i, bit)]++
    to[2 * place] = from[2 * i]
    to[2 * place + 1] = from[2 * i + 1]
  }
  return true
}

function digitAt(words: Uint32Array, i: number, bit: number): number {
  const mask = 2 ** digitBits - 1
  if (bit >= 32) return (words[2 * i + 1] >>> (bit - 32)) & mask
  const low = words[2 * i] >>> bit
  return bit + digitBits > 32 ? (low | (words[2 * i + 1] << (32 - bit))) & mask : low & mask
}

/** Flips the bits of a number so that keys compare like the numbers do. */
function toKey(words: Uint32Array, i: number): void {
  const high = words[2 * i + 1]
  if (high >>> 31 === 1) {
    words[2 * i] = ~words[2 * i]
    words[2 * i + 1] = ~high
  } else {
    words[2 * i + 1] = high ^ 0x80000000
  }
}

function toNumber(words: Uint32Array, i: number): void {
  const high = words[2 * i + 1]
  if (high >>> 31 === 1) {
    words[2 * i + 1] = high ^ 0x80000000
  } else {
    words[2 * i] = ~words[2 * i]
    words[2 * i + 1] = ~high
  }
}

function sortByInsertion(numbers: Float64Array): void {
  for (let i = 1; i < numbers.length; i++) {
    const number = numbers[i]
    let j = i
    for (; j > 0 && numbers[j - 1] > number; j--) numbers[j] = numbers[j - 1]
    numbers[j] = number
  }
}
// EVOLVE-BLOCK-END

/** The numbers in ascending order. */
export function sort(values: number[]): Float64Array {
  const numbers = new Float64Array(values)
  sortNumbers(numbers)
  return numbers
}
