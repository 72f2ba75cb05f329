/**
 * Trials of insights: pairs of candidates of the same parent, operator and model, one with the insight alone in its
 * prompt and one without any. Columns are described in `docs/sql.md`.
 */
export const trialTables = `
CREATE TABLE insight_trials (
  id INTEGER PRIMARY KEY,
  insight INTEGER NOT NULL,
  version INTEGER NOT NULL,
  first INTEGER NOT NULL REFERENCES programs (ordinal),
  pairs INTEGER NOT NULL,
  verdict TEXT CHECK (verdict IN ('better', 'worse', 'undecided', 'abandoned')),
  opened_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX insight_trials_open ON insight_trials (verdict IS NULL) WHERE verdict IS NULL;

CREATE TABLE trial_members (
  ordinal INTEGER PRIMARY KEY REFERENCES programs (ordinal),
  trial INTEGER NOT NULL REFERENCES insight_trials (id),
  informed INTEGER NOT NULL CHECK (informed IN (0, 1)),
  label TEXT CHECK (label IN ('helped', 'hurt', 'irrelevant')),
  delta REAL
) STRICT;
CREATE INDEX trial_members_trial ON trial_members (trial);
`
