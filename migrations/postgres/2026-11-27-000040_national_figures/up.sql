-- What the whole country's figure of a WRES indicator is, as an organisation entered it, and where it stands.
CREATE TABLE national_figures (
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    year          INTEGER NOT NULL,
    indicator     INTEGER NOT NULL CHECK (indicator BETWEEN 1 AND 9),
    figure        DOUBLE PRECISION NOT NULL,
    source        TEXT NOT NULL,
    PRIMARY KEY (organisation, year, indicator)
);

CREATE POLICY by_organisation ON national_figures USING (candour_reaches(organisation));
ALTER TABLE national_figures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT candour_grant();
