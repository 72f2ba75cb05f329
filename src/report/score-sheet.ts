import { z } from 'zod'

/** What `score.json` in a folder of `evolve export --format folder` says; described in `docs/exports.md`. */
export const scoreSheetSchema = z.strictObject({
  /** Version of this form. */
  format: z.literal(1),
  run: z.string(),
  /** The program's ordinal in its run. */
  program: z.int().nonnegative(),
  /** Version of evolve that exported it. */
  evolve: z.string(),
  /** The seed of the run: it draws the cases and seeds the candidate's random numbers. */
  seed: z.int().nonnegative(),
  objective: z.string(),
  direction: z.enum(['maximize', 'minimize']),
  /** Raw value of every objective. */
  objectives: z.record(z.string(), z.number()),
  /** Whether the same program gives the same output again: `false` where candidates see a clock. */
  reproducible: z.boolean(),
  /** The widest gap between evaluations of one program by objective, as far as the run measured it. */
  noise: z.record(z.string(), z.number()),
  /** The problem file within the folder. */
  problem: z.string(),
  /** The file with the program's text within the folder; of a program of several files the one text they are stored as. */
  source: z.string(),
  /** What the candidate returned when it was scored, by stage; empty when it is not kept. */
  outputs: z.record(z.string(), z.unknown()),
  /** SHA-256 of every other file of the folder by path. */
  files: z.record(z.string(), z.string()),
})

/** See {@link scoreSheetSchema}. */
export type ScoreSheet = z.infer<typeof scoreSheetSchema>

/** How a second evaluation compares with the sheet, objective by objective. */
export interface Comparison {
  readonly name: string
  readonly stated: number
  readonly found: number | undefined
  /** Equal to the last digit, equal within the noise that the run had measured, or different. */
  readonly verdict: 'equal' | 'within noise' | 'different'
}

/** Compares the objectives of a second evaluation with those that a sheet states. */
export function compareScores(
  { objectives, noise }: Pick<ScoreSheet, 'objectives' | 'noise'>,
  found: Readonly<Record<string, number>>,
): readonly Comparison[] {
  return Object.entries(objectives).map(([name, stated]) => {
    const again = found[name]
    const near = again !== undefined && Math.abs(again - stated) <= (noise[name] ?? 0)
    return { name, stated, found: again, verdict: again === stated ? 'equal' : near ? 'within noise' : 'different' }
  })
}
