/**
 * What placements gain for cells with several members, Pareto fronts and islands that are founded anew. The table is
 * copied, because SQLite cannot widen a check. Columns are described in `docs/sql.md`.
 */
export const cellTables = `
CREATE TABLE placements_widened (
  seq INTEGER PRIMARY KEY,
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  island INTEGER NOT NULL,
  cell TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('new-cell', 'improved', 'rejected')),
  fitness REAL NOT NULL,
  displaced INTEGER,
  via TEXT NOT NULL CHECK (via IN ('birth', 'migration', 'founding')),
  clamped TEXT,
  committed_by INTEGER NOT NULL,
  also_displaced TEXT,
  vector TEXT
) STRICT;
INSERT INTO placements_widened
  (seq, ordinal, island, cell, decision, fitness, displaced, via, clamped, committed_by)
  SELECT seq, ordinal, island, cell, decision, fitness, displaced, via, clamped, committed_by FROM placements;
DROP TABLE placements;
ALTER TABLE placements_widened RENAME TO placements;
CREATE INDEX placements_program ON placements (ordinal);
CREATE INDEX placements_owners ON placements (island, cell, seq) WHERE decision <> 'rejected';
CREATE INDEX placements_best ON placements (fitness DESC, seq) WHERE decision <> 'rejected';
CREATE INDEX placements_foundings ON placements (island, seq) WHERE via = 'founding';
`
