-- What the whole country's figure of a WRES indicator is, as an organisation entered it, and where it stands.
CREATE TABLE national_figures (
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    year          INTEGER NOT NULL,
    indicator     INTEGER NOT NULL CHECK (indicator BETWEEN 1 AND 9),
    figure        REAL NOT NULL,
    source        TEXT NOT NULL,
    PRIMARY KEY (organisation, year, indicator)
) STRICT;
