-- A system (local maternity system, integrated care system) is an organisation that has members.
CREATE TABLE system_members (
    system  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    member  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    PRIMARY KEY (system, member),
    CHECK (system <> member)
);

-- What was published of several members together, for good.
CREATE TABLE system_releases (
    id      TEXT PRIMARY KEY,
    system  TEXT NOT NULL REFERENCES organisations (ods),
    made_on TEXT NOT NULL,
    body    TEXT NOT NULL
);
CREATE INDEX system_releases_by_system ON system_releases (system);

-- A survey is part of one roll-up, ever: two with different members would differ by the members that are in one alone.
CREATE TABLE system_release_surveys (
    survey   TEXT PRIMARY KEY REFERENCES surveys (id),
    release  TEXT NOT NULL REFERENCES system_releases (id)
);
CREATE INDEX system_release_surveys_by_release ON system_release_surveys (release);

CREATE POLICY by_organisation ON system_members USING (candour_reaches(system));
CREATE POLICY by_organisation ON system_releases USING (candour_reaches(system));
CREATE POLICY by_release ON system_release_surveys
    USING (candour_reaches_all() OR EXISTS (SELECT FROM system_releases WHERE system_releases.id = release));
ALTER TABLE system_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE system_members FORCE ROW LEVEL SECURITY;
ALTER TABLE system_releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE system_releases FORCE ROW LEVEL SECURITY;
ALTER TABLE system_release_surveys ENABLE ROW LEVEL SECURITY;
ALTER TABLE system_release_surveys FORCE ROW LEVEL SECURITY;
