-- Programs that use the API in the name of an organisation. Secrets are there as hashes only; "public_keys" is a JSON
-- array of what private_key_jwt is checked against. A revoked client stays: the audit log names it.
CREATE TABLE clients (
    id                    TEXT PRIMARY KEY,
    organisation          TEXT NOT NULL REFERENCES organisations (ods),
    name                  TEXT NOT NULL,
    scopes                TEXT NOT NULL,
    secret_hash           TEXT,
    previous_secret_hash  TEXT,
    previous_secret_ends  BIGINT,
    public_keys           TEXT NOT NULL,
    revoked               BOOLEAN NOT NULL DEFAULT FALSE,
    created_at            BIGINT NOT NULL
);
CREATE INDEX clients_by_organisation ON clients (organisation);

-- Assertions that were used, by hash of their "jti": each is good once.
CREATE TABLE client_assertions (
    client_id       TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    assertion_hash  TEXT NOT NULL,
    ends_at         BIGINT NOT NULL,
    PRIMARY KEY (client_id, assertion_hash)
);
