-- Counts that the WRES indicators need besides the workforce, by reporting year (31 March), variant and kind.
CREATE TABLE indicator_inputs (
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    year          INTEGER NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    variant       TEXT NOT NULL CHECK (variant IN ('substantive', 'bank', 'medical')),
    kind          TEXT NOT NULL CHECK (kind IN ('recruitment', 'disciplinary', 'training', 'board')),
    body          TEXT NOT NULL,
    PRIMARY KEY (organisation, year, variant, kind)
);

-- How an organisation's own files name our columns.
CREATE TABLE column_mappings (
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    format        TEXT NOT NULL CHECK (format IN ('workforce', 'indicator_inputs')),
    body          TEXT NOT NULL,
    PRIMARY KEY (organisation, format)
);
