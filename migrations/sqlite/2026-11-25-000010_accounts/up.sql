-- The sealed seed of the second factor; NULL until one is set up. A code is good once: its step is kept.
ALTER TABLE accounts ADD COLUMN second_factor TEXT;
ALTER TABLE accounts ADD COLUMN last_code_step INTEGER NOT NULL DEFAULT 0;

-- Each good once, as keyed hashes.
CREATE TABLE recovery_codes (
    account_id  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash   TEXT NOT NULL,
    PRIMARY KEY (account_id, code_hash)
) STRICT;

-- Sessions have a name that may be shown, and may still await the second factor. Everybody signs in anew.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN awaits TEXT CHECK (awaits IN ('code', 'enrolment'));
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Tries to sign in, by keyed hash of an account or a network: no address.
CREATE TABLE sign_in_attempts (
    subject   TEXT PRIMARY KEY,
    failures  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL
) STRICT;
