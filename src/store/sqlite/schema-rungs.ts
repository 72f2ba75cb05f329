/** Schema version 15: who finished which rung of a funnel. Columns are described in `docs/sql.md`. */
export const rungTables = `
CREATE TABLE rungs (
  pass INTEGER NOT NULL,
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  stage TEXT NOT NULL,
  fitness REAL NOT NULL,
  ahead INTEGER NOT NULL,
  of INTEGER NOT NULL,
  promoted INTEGER NOT NULL CHECK (promoted IN (0, 1)),
  PRIMARY KEY (pass, ordinal, stage)
) STRICT, WITHOUT ROWID;
`
