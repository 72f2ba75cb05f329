/**
 * Stages that were skipped, the key under which a result is found again, and several scorings of one program.
 *
 * `pass` counts the scorings of a run: 0 is the one during the search, each `rescore` adds one. Fingerprints are what
 * stages claimed for a candidate, once and for all.
 */
export const pipelineTables = `
CREATE TABLE stage_runs_next (
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  pass INTEGER NOT NULL,
  stage TEXT NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ok INTEGER CHECK (ok IN (0, 1)),
  skipped TEXT,
  cached INTEGER CHECK (cached IN (0, 1)),
  started_at INTEGER NOT NULL,
  duration_ms REAL NOT NULL,
  failure TEXT,
  output TEXT,
  key BLOB,
  PRIMARY KEY (ordinal, pass, stage, version),
  CHECK ((ok IS NULL) = (skipped IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO stage_runs_next (ordinal, pass, stage, version, position, ok, cached, started_at, duration_ms, failure, output)
  SELECT ordinal, 0, stage, version, position, ok, cached, started_at, duration_ms, failure, output FROM stage_runs;
DROP TABLE stage_runs;
ALTER TABLE stage_runs_next RENAME TO stage_runs;
CREATE INDEX stage_runs_key ON stage_runs (key) WHERE key IS NOT NULL;

CREATE TABLE fingerprints (
  scope TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  PRIMARY KEY (scope, fingerprint)
) STRICT, WITHOUT ROWID;

ALTER TABLE runs ADD COLUMN pass INTEGER NOT NULL DEFAULT 0;
`
