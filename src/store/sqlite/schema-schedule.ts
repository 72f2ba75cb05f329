/**
 * What a run's schedule needs to be carried out again: how many commits a selection took into account, and as which
 * commit of the run the candidate was filed. Both are missing for candidates of an older version.
 */
export const scheduleColumns = `
ALTER TABLE programs ADD COLUMN seen INTEGER;
ALTER TABLE programs ADD COLUMN finished INTEGER;
`
