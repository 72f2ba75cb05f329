// EVOLVE-BLOCK-START
/** Heights of the function at equal distances from the left end to the right end; in between it is linear. */
const points = [0.0, 0.2, 0.6, 0.8, 0.8, 0.9, 0.8, 0.8, 0.6, 0.2, 0.0]

/** Steps that the function is cut into. */
const steps = 100

/** The function at a place from 0 (left end) to 1 (right end). */
function heightAt(place: number): number {
  const position = place * (points.length - 1)
  const left = Math.floor(position)
  const right = Math.min(left + 1, points.length - 1)
  const share = position - left
  return (points[left] ?? 0) * (1 - share) + (points[right] ?? 0) * share
}
// EVOLVE-BLOCK-END

/** Heights of the steps, left to right. */
export function makeSteps(): number[] {
  return Array.from({ length: steps }, (_, index) => heightAt((index + 0.5) / steps))
}
