/**
 * Schema version 11: tables with long rows become ordinary ones. A table without rowids keeps at most a quarter of a page in
 * place, so that every output and artifact of more than a kilobyte took up a page of its own.
 */
export const outputTables = `
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
  shared INTEGER NOT NULL DEFAULT 1 CHECK (shared IN (0, 1)),
  PRIMARY KEY (ordinal, pass, stage, version),
  CHECK ((ok IS NULL) = (skipped IS NOT NULL))
) STRICT;
INSERT INTO stage_runs_next (ordinal, pass, stage, version, position, ok, skipped, cached, started_at, duration_ms, failure,
  output, key, shared)
  SELECT ordinal, pass, stage, version, position, ok, skipped, cached, started_at, duration_ms, failure, output, key, shared
  FROM stage_runs ORDER BY ordinal, pass, position;
DROP TABLE stage_runs;
ALTER TABLE stage_runs_next RENAME TO stage_runs;
CREATE INDEX stage_runs_key ON stage_runs (key) WHERE key IS NOT NULL AND shared = 1;
CREATE INDEX stage_runs_cached ON stage_runs (stage) WHERE cached = 1;

CREATE TABLE artifacts_next (
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (ordinal, name)
) STRICT;
INSERT INTO artifacts_next (ordinal, name, value) SELECT ordinal, name, value FROM artifacts;
DROP TABLE artifacts;
ALTER TABLE artifacts_next RENAME TO artifacts;
`
