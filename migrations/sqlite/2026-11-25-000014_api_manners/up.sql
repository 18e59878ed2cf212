-- Answers to requests that may be sent again (Idempotency-Key). Who sent which key is a keyed hash, so is what was
-- sent; the answer is sealed, and NULL while the first request is being worked on. Kept for a day.
CREATE TABLE idempotent_answers (
    key_hash      TEXT PRIMARY KEY,
    request_hash  TEXT NOT NULL,
    started_at    INTEGER NOT NULL,
    answer        TEXT
) STRICT;
CREATE INDEX idempotent_answers_by_start ON idempotent_answers (started_at);

-- Requests that replicas have taken for a caller in a window of time; the caller is a keyed hash.
CREATE TABLE rate_limits (
    subject       TEXT NOT NULL,
    window_start  INTEGER NOT NULL,
    taken         INTEGER NOT NULL,
    PRIMARY KEY (subject, window_start)
) STRICT;
