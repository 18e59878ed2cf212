-- While a survey is open an answer is kept sealed, under the hash of its receipt: random, so that rows stand in no
-- order. "sealed" is NULL once the answer is withdrawn. At close everything moves to responses, which hold no receipt.
CREATE TABLE sealed_responses (
    receipt_hash  TEXT PRIMARY KEY,
    survey_id     TEXT NOT NULL REFERENCES surveys (id) ON DELETE CASCADE,
    coarse_class  TEXT,
    sealed        TEXT
) WITHOUT ROWID, STRICT;
CREATE INDEX sealed_responses_by_survey ON sealed_responses (survey_id);

-- The receipts of a closed survey: a list without any link to responses.
CREATE TABLE receipts (
    receipt_hash  TEXT PRIMARY KEY,
    survey_id     TEXT NOT NULL REFERENCES surveys (id) ON DELETE CASCADE,
    withdrawn     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID, STRICT;
CREATE INDEX receipts_by_survey ON receipts (survey_id);

-- What a step down put aside comes back; answers from before this migration stay as they are until their survey closes.
INSERT INTO sealed_responses (receipt_hash, survey_id, coarse_class, sealed)
    SELECT receipt_hash, survey_id, coarse_class, substr(answers, 8) FROM responses WHERE answers LIKE 'sealed:%';
DELETE FROM responses WHERE answers LIKE 'sealed:%';
INSERT INTO receipts (receipt_hash, survey_id) SELECT receipt_hash, survey_id FROM responses ORDER BY receipt_hash;
ALTER TABLE responses DROP COLUMN receipt_hash;

-- Who wants no e-mail of an organisation, by keyed hash: no address, no time, no survey.
CREATE TABLE suppressions (
    organisation   TEXT NOT NULL REFERENCES organisations (ods) ON DELETE CASCADE,
    address_index  TEXT NOT NULL,
    PRIMARY KEY (organisation, address_index)
) WITHOUT ROWID, STRICT;

-- Reminders have a smallest interval and a largest number.
ALTER TABLE surveys ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE surveys ADD COLUMN reminded_on TEXT;

-- A closed survey sends nothing: it needs no address.
UPDATE invitations SET address = '', address_index = id
    WHERE survey_id IN (SELECT id FROM surveys WHERE state IN ('closed', 'published'));
