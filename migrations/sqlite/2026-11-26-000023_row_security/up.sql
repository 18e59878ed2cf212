-- SQLite has no row-level security; there, the scope that every query takes is the only wall. A summary is of the same
-- organisation as its survey on both databases.
CREATE UNIQUE INDEX surveys_of_organisation ON surveys (organisation, id);

CREATE TABLE published_summaries_of_organisation (
    survey        TEXT PRIMARY KEY,
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    body          TEXT NOT NULL,
    FOREIGN KEY (organisation, survey) REFERENCES surveys (organisation, id) ON DELETE CASCADE
) STRICT;
INSERT INTO published_summaries_of_organisation (survey, organisation, body)
    SELECT survey, organisation, body FROM published_summaries;
DROP TABLE published_summaries;
ALTER TABLE published_summaries_of_organisation RENAME TO published_summaries;
