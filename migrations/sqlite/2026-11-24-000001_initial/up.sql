-- Times are microseconds since 1970 in UTC; enumerations are text with a CHECK; documents are JSON that is never
-- queried inside.

CREATE TABLE organisations (
    ods   TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    units TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
    id                TEXT PRIMARY KEY,
    email             TEXT NOT NULL UNIQUE,
    role              TEXT NOT NULL CHECK (role IN ('platform_administrator', 'organisation_administrator', 'hr_lead', 'viewer', 'system_viewer')),
    organisation      TEXT REFERENCES organisations (ods),
    password_hash     TEXT,
    setup_token_hash  TEXT UNIQUE,
    setup_expires_at  INTEGER,
    disabled          INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE sessions (
    token_hash    TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    started_at    INTEGER NOT NULL,
    last_used_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE surveys (
    id             TEXT PRIMARY KEY,
    organisation   TEXT NOT NULL REFERENCES organisations (ods),
    title          TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'published')),
    closes_on      TEXT,
    questionnaire  TEXT NOT NULL,
    units          TEXT NOT NULL
) STRICT;
CREATE INDEX surveys_by_organisation ON surveys (organisation);

-- Shares no key with responses. "used" carries no time.
CREATE TABLE invitations (
    id             TEXT PRIMARY KEY,
    survey_id      TEXT NOT NULL REFERENCES surveys (id) ON DELETE CASCADE,
    token_hash     TEXT NOT NULL UNIQUE,
    address        TEXT NOT NULL,
    address_index  TEXT NOT NULL,
    language       TEXT NOT NULL CHECK (language IN ('en', 'cy')),
    coarse_class   TEXT,
    used           INTEGER NOT NULL DEFAULT 0,
    UNIQUE (survey_id, address_index)
) STRICT;

-- Keyed by 128 random bits and stored in their order: neither time nor order of answering is kept.
CREATE TABLE responses (
    id            TEXT PRIMARY KEY,
    survey_id     TEXT NOT NULL REFERENCES surveys (id) ON DELETE CASCADE,
    coarse_class  TEXT,
    answers       TEXT NOT NULL,
    receipt_hash  TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX responses_by_survey ON responses (survey_id);

CREATE TABLE releases (
    id         TEXT PRIMARY KEY,
    survey_id  TEXT NOT NULL UNIQUE REFERENCES surveys (id),
    body       TEXT NOT NULL
) STRICT;

CREATE TABLE workforces (
    organisation   TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    snapshot_date  TEXT NOT NULL,
    body           TEXT NOT NULL,
    PRIMARY KEY (organisation, snapshot_date)
) STRICT;

CREATE TABLE populations (
    id    TEXT PRIMARY KEY,
    body  TEXT NOT NULL
) STRICT;

CREATE TABLE jobs (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL,
    payload        TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('queued', 'failed')),
    due_at         INTEGER NOT NULL,
    attempts       INTEGER NOT NULL DEFAULT 0,
    last_error     TEXT
) STRICT;
CREATE INDEX jobs_due ON jobs (state, due_at);
