/** Instructions of prompts, with their lineage and what came of them. Columns are described in `docs/sql.md`. */
export const instructionTables = `
CREATE TABLE instruction_requests (
  id INTEGER PRIMARY KEY,
  operator TEXT NOT NULL,
  ordinal INTEGER NOT NULL REFERENCES programs (ordinal),
  commits INTEGER NOT NULL,
  note TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX instruction_requests_open ON instruction_requests (id) WHERE ended_at IS NULL;

CREATE TABLE instructions (
  id INTEGER PRIMARY KEY,
  operator TEXT NOT NULL,
  parent INTEGER REFERENCES instructions (id),
  request INTEGER REFERENCES instruction_requests (id),
  text TEXT,
  reason TEXT,
  retired_by INTEGER REFERENCES instructions (id),
  created_at INTEGER NOT NULL,
  CHECK ((parent IS NULL) = (text IS NULL) AND (parent IS NULL) = (request IS NULL))
) STRICT;
CREATE UNIQUE INDEX instructions_own ON instructions (operator) WHERE parent IS NULL;

CREATE TABLE instruction_uses (
  ordinal INTEGER PRIMARY KEY REFERENCES programs (ordinal),
  instruction INTEGER NOT NULL REFERENCES instructions (id),
  finished INTEGER,
  improved INTEGER CHECK (improved IN (0, 1)),
  gain REAL
) STRICT;
CREATE INDEX instruction_uses_finished ON instruction_uses (instruction, finished);
`
