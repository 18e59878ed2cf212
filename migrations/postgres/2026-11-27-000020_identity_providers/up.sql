-- An organisation's own identity provider (OpenID Connect). "client_secret" is sealed.
CREATE TABLE identity_providers (
    organisation   TEXT PRIMARY KEY REFERENCES organisations (ods) ON DELETE CASCADE,
    issuer         TEXT NOT NULL,
    client_id      TEXT NOT NULL,
    client_secret  TEXT NOT NULL
);

-- Who a person is at the provider, once they have signed in there: their name for it, kept as a keyed hash.
CREATE TABLE identity_subjects (
    subject_hash  TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE
);

-- Sign-ins that went to a provider and are not back yet, by hash of the token in the browser's cookie: each good once.
CREATE TABLE identity_requests (
    token_hash    TEXT PRIMARY KEY,
    organisation  TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    started_at    BIGINT NOT NULL
);
CREATE INDEX identity_requests_by_start ON identity_requests (started_at);

CREATE POLICY by_organisation ON identity_providers USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON identity_requests USING (candour_reaches(organisation));
CREATE POLICY by_account ON identity_subjects
    USING (candour_reaches_all() OR EXISTS (SELECT FROM accounts WHERE accounts.id = account_id));
ALTER TABLE identity_providers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE identity_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE identity_subjects ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT candour_grant();
