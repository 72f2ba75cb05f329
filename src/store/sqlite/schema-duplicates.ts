/**
 * Every program that has a fingerprint, not only the first, and the candidates that were taken for earlier ones. Columns
 * are described in `docs/sql.md`.
 */
export const duplicateTables = `
ALTER TABLE fingerprints RENAME TO fingerprints_before;
CREATE TABLE fingerprints (
  scope TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  PRIMARY KEY (scope, fingerprint, ordinal)
) STRICT, WITHOUT ROWID;
INSERT INTO fingerprints SELECT scope, fingerprint, ordinal FROM fingerprints_before;
DROP TABLE fingerprints_before;

CREATE TABLE rejections (
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  stage TEXT NOT NULL,
  "check" TEXT NOT NULL,
  twin INTEGER NOT NULL REFERENCES programs (ordinal),
  audited INTEGER NOT NULL CHECK (audited IN (0, 1)),
  PRIMARY KEY (ordinal, stage)
) STRICT, WITHOUT ROWID;
`

/** How many lines each child adds, and those that an ancestor had lost. Columns are described in `docs/sql.md`. */
export const readdedTables = `
CREATE TABLE added_lines (
  ordinal INTEGER PRIMARY KEY REFERENCES programs (ordinal),
  added INTEGER NOT NULL,
  readded INTEGER NOT NULL
) STRICT;

CREATE TABLE readded_lines (
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  position INTEGER NOT NULL,
  line TEXT NOT NULL,
  removed_by INTEGER NOT NULL REFERENCES programs (ordinal),
  PRIMARY KEY (ordinal, position)
) STRICT, WITHOUT ROWID;
`

/** How near a candidate's vector is to that of the program it was taken for. */
export const similarityColumn = `
ALTER TABLE rejections ADD COLUMN similarity REAL;
CREATE INDEX llm_calls_embeddings ON llm_calls (model, ordinal) WHERE purpose = 'embedding' AND status = 'ok';
`
