// EVOLVE-BLOCK-START
/** Half the width of the band in which the distance is looked for first. */
const firstBand = 700

/** How much wider the band gets when it was too narrow. */
const widening = 1.5

/** The distance, if the band is wide enough to hold the way to it. */
function distanceWithin(a: string, b: string, band: number): number {
  let above = new Int32Array(b.length + 2)
  let row = new Int32Array(b.length + 2)
  const far = a.length + b.length
  for (let j = 0; j <= b.length; j++) above[j] = j <= band ? j : far
  for (let i = 1; i <= a.length; i++) {
    const first = Math.max(1, i - band)
    const last = Math.min(b.length, i + band)
    row[first - 1] = first === 1 && i <= band ? i : far
    for (let j = first; j <= last; j++) {
      let least = above[j - 1] + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1)
      least = Math.min(least, above[j] + 1)
      least = Math.min(least, row[j - 1] + 1)
      row[j] = least
    }
    row[last + 1] = far
    const old = above
    above = row
    row = old
  }
  return above[b.length]
}

function levenshtein(a: string, b: string): number {
  const longest = Math.max(a.length, b.length)
  for (let band = firstBand; ; band = Math.ceil(band * widening + 1)) {
    if (Math.abs(a.length - b.length) > band) continue
    const found = distanceWithin(a, b, band)
    if (found <= band || band >= longest) return found
  }
}
// EVOLVE-BLOCK-END

/** How many letters must be changed, added or taken away to make b from a. */
export function distance(a: string, b: string): number {
  return levenshtein(a, b)
}
