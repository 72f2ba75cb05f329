/**
 * What the run has learned: analyses that are due or done, lessons, the library of insights with every version, and what
 * came of each use. Columns and units are described in `docs/sql.md`.
 *
 * `helped`, `hurt` and `irrelevant` of `insights` count over all versions and stand in the newest one.
 */
export const memoryTables = `
CREATE TABLE analyses (
  ordinal INTEGER PRIMARY KEY REFERENCES programs (ordinal),
  state TEXT NOT NULL CHECK (state IN ('due', 'done')),
  dropped INTEGER NOT NULL DEFAULT 0,
  note TEXT,
  ended_at INTEGER
) STRICT;
CREATE INDEX analyses_due ON analyses (ordinal) WHERE state = 'due';

CREATE TABLE lessons (
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  position INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('imitate', 'avoid', 'generalise', 'explore', 'refine')),
  condition TEXT NOT NULL,
  explanation TEXT NOT NULL,
  anchor TEXT NOT NULL,
  PRIMARY KEY (ordinal, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE insights (
  id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  taxonomy TEXT NOT NULL CHECK (taxonomy IN ('imitate', 'avoid', 'generalise', 'explore', 'refine')),
  condition TEXT NOT NULL,
  contains TEXT,
  lacks TEXT,
  above REAL,
  below REAL,
  operator TEXT,
  explanation TEXT NOT NULL,
  example TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'active', 'refined', 'retired')),
  origin TEXT NOT NULL,
  helped INTEGER NOT NULL,
  hurt INTEGER NOT NULL,
  irrelevant INTEGER NOT NULL,
  newest INTEGER NOT NULL CHECK (newest IN (0, 1)),
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE insight_uses (
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  position INTEGER NOT NULL,
  insight INTEGER NOT NULL,
  version INTEGER NOT NULL,
  label TEXT CHECK (label IN ('helped', 'hurt', 'irrelevant')),
  delta REAL,
  PRIMARY KEY (ordinal, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX insight_uses_insight ON insight_uses (insight);

CREATE TABLE uninformed (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  helped INTEGER NOT NULL,
  hurt INTEGER NOT NULL,
  irrelevant INTEGER NOT NULL
) STRICT;
INSERT INTO uninformed VALUES (1, 0, 0, 0);
`
