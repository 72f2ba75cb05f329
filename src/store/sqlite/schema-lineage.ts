/**
 * What schema version 2 adds: the noise floor of each objective, and the change of each child line by line. Both are what
 * the views `transitions` and `transition_objectives` judge by. Columns and units are described in `docs/sql.md`.
 */
export const lineageTables = `
CREATE TABLE measures (
  position INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  direction TEXT NOT NULL CHECK (direction IN ('maximize', 'minimize')),
  noise REAL NOT NULL CHECK (noise >= 0),
  repeats INTEGER NOT NULL CHECK (repeats >= 1)
) STRICT;
INSERT INTO measures (position, name, direction, noise, repeats) SELECT 0, objective, direction, 0, 1 FROM runs;

CREATE TABLE hunks (
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  position INTEGER NOT NULL,
  line INTEGER NOT NULL,
  removed TEXT NOT NULL,
  added TEXT NOT NULL,
  PRIMARY KEY (ordinal, position)
) STRICT, WITHOUT ROWID;
`
