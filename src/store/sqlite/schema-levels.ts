/**
 * The levels of a curriculum: on which one a candidate is evaluated, and which program of the level before it is
 * evaluated anew. Columns are described in `docs/sql.md`.
 */
export const levelTables = `
ALTER TABLE programs ADD COLUMN level INTEGER NOT NULL DEFAULT 1;
ALTER TABLE placements ADD COLUMN level INTEGER NOT NULL DEFAULT 1;

CREATE TABLE carried (
  ordinal INTEGER PRIMARY KEY REFERENCES programs (ordinal),
  source INTEGER NOT NULL REFERENCES programs (ordinal)
) STRICT;
`
