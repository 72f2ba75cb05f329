/**
 * Several scorings of one run, old beside new. `programs`, `evaluations`, `artifacts` and `placements` always hold the
 * scoring that counts; `scorings` and `earlier_placements` hold all others.
 *
 * `shared` tells results that any equal stage may take over from those that only a rescore of the same program may.
 */
export const rescoreTables = `
ALTER TABLE stage_runs ADD COLUMN shared INTEGER NOT NULL DEFAULT 1 CHECK (shared IN (0, 1));
DROP INDEX stage_runs_key;
CREATE INDEX stage_runs_key ON stage_runs (key) WHERE key IS NOT NULL AND shared = 1;
CREATE INDEX stage_runs_cached ON stage_runs (stage) WHERE cached = 1;

CREATE TABLE passes (
  pass INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  evaluator_hash TEXT NOT NULL,
  config TEXT NOT NULL
) STRICT;

CREATE TABLE scorings (
  pass INTEGER NOT NULL,
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  value REAL,
  fitness REAL,
  decision TEXT CHECK (decision IN ('new-cell', 'improved', 'rejected')),
  objectives TEXT,
  descriptors TEXT,
  scores TEXT,
  feedback TEXT,
  artifacts TEXT,
  failure_kind TEXT,
  failure TEXT,
  PRIMARY KEY (pass, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE earlier_placements (
  pass INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  island INTEGER NOT NULL,
  cell TEXT NOT NULL,
  decision TEXT NOT NULL,
  fitness REAL NOT NULL,
  displaced INTEGER,
  via TEXT NOT NULL,
  committed_by INTEGER NOT NULL,
  PRIMARY KEY (pass, seq)
) STRICT, WITHOUT ROWID;
`
