/**
 * Schema version 7: which program's returned data a candidate was given to start from, and whether the same seed gives the
 * same run. Columns are described in `docs/sql.md`.
 */
export const warmStartTables = `
CREATE TABLE warm_starts (
  ordinal INTEGER PRIMARY KEY REFERENCES programs (ordinal),
  source INTEGER NOT NULL REFERENCES programs (ordinal)
) STRICT;
ALTER TABLE runs ADD COLUMN reproducible INTEGER NOT NULL DEFAULT 1 CHECK (reproducible IN (0, 1));
`
