-- Addresses of an organisation that hear of events. Secrets are sealed: they sign, so a hash would not do.
CREATE TABLE webhooks (
    id                    TEXT PRIMARY KEY,
    organisation          TEXT NOT NULL REFERENCES organisations (ods),
    url                   TEXT NOT NULL,
    events                TEXT NOT NULL,
    secret                TEXT NOT NULL,
    previous_secret       TEXT,
    previous_secret_ends  BIGINT,
    disabled              BOOLEAN NOT NULL DEFAULT FALSE,
    created_at            BIGINT NOT NULL
);
CREATE INDEX webhooks_by_organisation ON webhooks (organisation);

-- What was or will be sent. The body names an event and links to it: no count, no answer, no address.
CREATE TABLE webhook_deliveries (
    id             TEXT PRIMARY KEY,
    webhook_id     TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event          TEXT NOT NULL,
    body           TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts       INTEGER NOT NULL,
    created_at     BIGINT NOT NULL,
    last_tried_at  BIGINT,
    last_status    INTEGER,
    last_error     TEXT
);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, created_at);
