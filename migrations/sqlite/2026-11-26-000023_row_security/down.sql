CREATE TABLE published_summaries_of_survey (
    survey        TEXT PRIMARY KEY REFERENCES surveys (id) ON DELETE CASCADE,
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    body          TEXT NOT NULL
) STRICT;
INSERT INTO published_summaries_of_survey (survey, organisation, body)
    SELECT survey, organisation, body FROM published_summaries;
DROP TABLE published_summaries;
ALTER TABLE published_summaries_of_survey RENAME TO published_summaries;
DROP INDEX surveys_of_organisation;
