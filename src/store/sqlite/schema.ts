/** How candidates are called and what they must return, as prompts tell it. */
export const contractColumn = `
ALTER TABLE runs ADD COLUMN contract TEXT NOT NULL DEFAULT '';
`

/** Schema version 3: the libraries that candidates may import, as a JSON array. */
export const libraryColumn = `
ALTER TABLE runs ADD COLUMN libraries TEXT NOT NULL DEFAULT '[]';
`

/**
 * The tables of schema version 1. Columns and units are described in `docs/sql.md`.
 *
 * Times are whole milliseconds since the Unix epoch, durations milliseconds, costs USD. Candidates are numbered without
 * a gap, so an ordinal below the highest always exists; edges rely on that and need no foreign key to the parent.
 *
 * Texts live apart from the rows that are scanned and counted, so that a question about a million programs does not
 * read a million sources. What no part of the program writes yet has no table: it comes with its own migration.
 */
export const tables = `
CREATE TABLE runs (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  seed INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  version TEXT NOT NULL,
  problem_file TEXT NOT NULL,
  config TEXT NOT NULL,
  evaluator_hash TEXT NOT NULL,
  program_hash TEXT NOT NULL,
  objective TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('maximize', 'minimize')),
  budget_candidates INTEGER,
  budget_usd REAL,
  budget_tokens INTEGER,
  budget_wall_ms REAL
) STRICT;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  text TEXT NOT NULL
) STRICT;

CREATE TABLE programs (
  ordinal INTEGER PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN
    ('selected', 'prompted', 'replied', 'patched', 'evaluating', 'placed', 'failed')),
  island INTEGER NOT NULL,
  operator TEXT NOT NULL,
  model TEXT,
  generation INTEGER NOT NULL,
  source_id INTEGER REFERENCES sources (id),
  value REAL,
  fitness REAL,
  decision TEXT CHECK (decision IN ('new-cell', 'improved', 'rejected')),
  failure_kind TEXT,
  failure TEXT,
  change TEXT,
  change_detail TEXT,
  traits TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX programs_unfinished ON programs (ordinal) WHERE state NOT IN ('placed', 'failed');
CREATE INDEX programs_failures ON programs (failure_kind, operator) WHERE failure_kind IS NOT NULL;

CREATE TABLE edges (
  child INTEGER NOT NULL REFERENCES programs (ordinal),
  position INTEGER NOT NULL,
  parent INTEGER NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('parent', 'inspiration')),
  PRIMARY KEY (child, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX edges_children ON edges (parent, child) WHERE role = 'parent';

CREATE TABLE texts (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  text TEXT NOT NULL
) STRICT;

CREATE TABLE prompts (
  ordinal INTEGER PRIMARY KEY REFERENCES programs (ordinal),
  template TEXT NOT NULL,
  system_id INTEGER NOT NULL REFERENCES texts (id)
) STRICT;

CREATE TABLE prompt_parts (
  ordinal INTEGER NOT NULL REFERENCES prompts (ordinal),
  position INTEGER NOT NULL,
  section TEXT,
  shown INTEGER NOT NULL CHECK (shown IN (0, 1)),
  text_id INTEGER NOT NULL REFERENCES texts (id),
  PRIMARY KEY (ordinal, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE llm_calls (
  id INTEGER PRIMARY KEY,
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  attempt INTEGER NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  purpose TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'ok', 'error', 'lost')),
  reserved_tokens INTEGER NOT NULL,
  reserved_usd REAL,
  tokens INTEGER NOT NULL,
  usd REAL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_tokens INTEGER,
  cache_write_tokens INTEGER,
  reasoning_tokens INTEGER,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  finish TEXT,
  error TEXT,
  parameters TEXT NOT NULL,
  reply TEXT,
  UNIQUE (ordinal, attempt)
) STRICT;
CREATE INDEX llm_calls_open ON llm_calls (id) WHERE status = 'open';
CREATE INDEX llm_calls_spend ON llm_calls (model, purpose, status, tokens, usd);

CREATE TABLE stage_runs (
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  stage TEXT NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ok INTEGER NOT NULL CHECK (ok IN (0, 1)),
  cached INTEGER CHECK (cached IN (0, 1)),
  started_at INTEGER NOT NULL,
  duration_ms REAL NOT NULL,
  failure TEXT,
  output TEXT,
  PRIMARY KEY (ordinal, stage, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluations (
  ordinal INTEGER PRIMARY KEY REFERENCES programs (ordinal),
  fitness REAL NOT NULL,
  value REAL NOT NULL,
  objectives TEXT NOT NULL,
  descriptors TEXT NOT NULL,
  scores TEXT,
  feedback TEXT
) STRICT;

CREATE TABLE artifacts (
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (ordinal, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE placements (
  seq INTEGER PRIMARY KEY,
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  island INTEGER NOT NULL,
  cell TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('new-cell', 'improved', 'rejected')),
  fitness REAL NOT NULL,
  displaced INTEGER,
  via TEXT NOT NULL CHECK (via IN ('birth', 'migration')),
  clamped TEXT,
  committed_by INTEGER NOT NULL
) STRICT;
CREATE INDEX placements_program ON placements (ordinal);
CREATE INDEX placements_owners ON placements (island, cell, seq) WHERE decision <> 'rejected';
CREATE INDEX placements_best ON placements (fitness DESC, seq) WHERE decision <> 'rejected';

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
`
