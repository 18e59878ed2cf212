-- Who did what, one chain an organisation ('' is the installation's own). "code" is a keyed hash over the entry and the
-- code before it. Account identifiers, never addresses; no foreign key, because an entry outlives what it is about.
CREATE TABLE audit_events (
    organisation  TEXT NOT NULL,
    sequence      BIGINT NOT NULL,
    happened_at   BIGINT NOT NULL,
    actor         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    detail        TEXT NOT NULL,
    code          TEXT NOT NULL,
    PRIMARY KEY (organisation, sequence)
);

-- Where each chain ends: what is cut off at the end is missed. Also the row that concurrent writers wait for.
CREATE TABLE audit_heads (
    organisation  TEXT PRIMARY KEY,
    sequence      BIGINT NOT NULL,
    last_code     TEXT NOT NULL,
    code          TEXT NOT NULL
);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_events_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
