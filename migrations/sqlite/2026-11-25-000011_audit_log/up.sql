-- Who did what, one chain an organisation ('' is the installation's own). "code" is a keyed hash over the entry and the
-- code before it. Account identifiers, never addresses; no foreign key, because an entry outlives what it is about.
CREATE TABLE audit_events (
    organisation  TEXT NOT NULL,
    sequence      INTEGER NOT NULL,
    happened_at   INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    detail        TEXT NOT NULL,
    code          TEXT NOT NULL,
    PRIMARY KEY (organisation, sequence)
) WITHOUT ROWID, STRICT;

-- Where each chain ends: what is cut off at the end is missed. Also the row that concurrent writers wait for.
CREATE TABLE audit_heads (
    organisation  TEXT PRIMARY KEY,
    sequence      INTEGER NOT NULL,
    last_code     TEXT NOT NULL,
    code          TEXT NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TRIGGER audit_events_are_never_changed BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_events_are_never_deleted BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
