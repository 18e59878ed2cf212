-- What was published of the workforce of 31 March, for good: later versions are protected together with earlier ones.
-- It outlives corrections of the snapshot, and an organisation with such a row cannot be deleted.
CREATE TABLE published_workforces (
    organisation  TEXT NOT NULL REFERENCES organisations (ods),
    year          INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    version       INTEGER NOT NULL CHECK (version > 0),
    body          TEXT NOT NULL,
    PRIMARY KEY (organisation, year, version)
);

-- Figures of the indicators 5 to 8 from another survey, such as the national one: counts that it published.
CREATE TABLE survey_figures (
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    year          INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    variant       TEXT NOT NULL CHECK (variant IN ('substantive', 'bank', 'medical')),
    instrument    TEXT NOT NULL,
    body          TEXT NOT NULL,
    PRIMARY KEY (organisation, year, variant)
);
