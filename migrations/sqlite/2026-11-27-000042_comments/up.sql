-- Comments of a release, drawn by lot when it is made: the order of the random identifiers is all that is left of who wrote
-- when. "body" is what was written, until its survey's answers are deleted; "published" what may be read of it.
CREATE TABLE comments (
    id            TEXT PRIMARY KEY,
    organisation  TEXT NOT NULL,
    survey        TEXT NOT NULL,
    question      TEXT NOT NULL,
    body          TEXT,
    decision      TEXT CHECK (decision IN ('published', 'shortened', 'withheld')),
    published     TEXT,
    reviewer      TEXT,
    FOREIGN KEY (organisation, survey) REFERENCES surveys (organisation, id) ON DELETE CASCADE,
    CHECK ((decision IS NULL) = (reviewer IS NULL)),
    CHECK ((published IS NOT NULL) = (decision IS NOT NULL AND decision <> 'withheld'))
) STRICT, WITHOUT ROWID;
CREATE INDEX comments_by_survey ON comments (survey, id);
