-- Keys that sign access tokens. At most one is next (published, does not sign yet) and one active (signs); retired ones
-- are still believed until the tokens that they signed have ended. "sealed" is the private key.
CREATE TABLE signing_keys (
    id          TEXT PRIMARY KEY,
    state       TEXT NOT NULL CHECK (state IN ('next', 'active', 'retired')),
    sealed      TEXT NOT NULL,
    public_key  TEXT NOT NULL,
    changed_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX one_signing_key_a_state ON signing_keys (state) WHERE state <> 'retired';

-- Sign-ins of accounts to the API. "generation" counts refresh tokens: an earlier one that comes back ends the sign-in.
CREATE TABLE api_sessions (
    id          TEXT PRIMARY KEY,
    account_id  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    started_at  BIGINT NOT NULL,
    generation  INTEGER NOT NULL
);
CREATE INDEX api_sessions_by_account ON api_sessions (account_id);

-- Access tokens of clients that were revoked before their end.
CREATE TABLE revoked_tokens (
    id       TEXT PRIMARY KEY,
    ends_at  BIGINT NOT NULL
);
