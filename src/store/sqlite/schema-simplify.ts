/** Shortened programs, apart from the candidates of the search. Columns are described in `docs/sql.md`. */
export const simplifyTables = `
CREATE TABLE simplifications (
  id INTEGER PRIMARY KEY,
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  key TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  reason TEXT CHECK (reason IN ('minimal', 'candidates')),
  UNIQUE (ordinal, key),
  CHECK ((ended_at IS NULL) = (reason IS NULL))
) STRICT;

CREATE TABLE simplify_attempts (
  id INTEGER PRIMARY KEY,
  simplification INTEGER NOT NULL REFERENCES simplifications (id),
  source_id INTEGER NOT NULL REFERENCES sources (id),
  characters INTEGER NOT NULL,
  value REAL,
  objectives TEXT,
  failure_kind TEXT,
  failure TEXT,
  kept INTEGER CHECK (kept IN (0, 1)),
  evaluated_at INTEGER NOT NULL,
  UNIQUE (simplification, source_id),
  CHECK ((value IS NULL) = (failure IS NOT NULL))
) STRICT;
`
