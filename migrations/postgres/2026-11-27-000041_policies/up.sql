-- From how many people on an organisation shows a group, where that is more than the installation asks, and the lower
-- number that one administrator has proposed and another has not agreed to yet.
CREATE TABLE policies (
    organisation   TEXT PRIMARY KEY REFERENCES organisations (ods) ON DELETE CASCADE,
    minimum_count  INTEGER NOT NULL CHECK (minimum_count >= 10),
    proposed       INTEGER CHECK (proposed >= 10 AND proposed < minimum_count),
    proposed_by    TEXT,
    proposed_at    BIGINT,
    CHECK ((proposed IS NULL) = (proposed_by IS NULL) AND (proposed IS NULL) = (proposed_at IS NULL))
);

CREATE POLICY by_organisation ON policies USING (candour_reaches(organisation));
ALTER TABLE policies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT candour_grant();

-- The number that a survey was opened with, which is what its staff were told. Surveys opened before keep to the
-- installation's.
ALTER TABLE surveys ADD COLUMN minimum_count INTEGER;
