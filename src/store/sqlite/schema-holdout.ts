/** Schema version 13: scores on inputs that the search never sees. Columns are described in `docs/sql.md`. */
export const holdoutTables = `
CREATE TABLE holdout_scores (
  ordinal INTEGER PRIMARY KEY REFERENCES programs (ordinal),
  key TEXT NOT NULL,
  scored_at INTEGER NOT NULL,
  value REAL,
  fitness REAL,
  objectives TEXT,
  scores TEXT,
  failure_kind TEXT,
  failure TEXT,
  CHECK ((value IS NULL) = (failure IS NOT NULL))
) STRICT;
`
