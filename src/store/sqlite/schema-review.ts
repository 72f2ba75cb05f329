/**
 * What a stage asked a model, as a hash by which the reply is found again; `NULL` for other calls and in older rows. The
 * column is described in `docs/sql.md`.
 */
export const questionColumn = `
ALTER TABLE llm_calls ADD COLUMN question TEXT;
`
