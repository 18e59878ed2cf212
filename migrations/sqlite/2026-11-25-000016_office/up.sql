-- What a trust says to everybody about a release: what was heard, what is done. One row a survey; the figures are those
-- of the release and are not stored again.
CREATE TABLE published_summaries (
    survey        TEXT PRIMARY KEY REFERENCES surveys (id) ON DELETE CASCADE,
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    body          TEXT NOT NULL
) STRICT;

-- The action plan: one row an action.
CREATE TABLE actions (
    id            TEXT PRIMARY KEY,
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    body          TEXT NOT NULL
) STRICT;
CREATE INDEX actions_by_organisation ON actions (organisation);
