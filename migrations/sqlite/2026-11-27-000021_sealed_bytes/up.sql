-- Sealed answers are bytes. Those from before stay the text that they were, and those of this version that a step down
-- put aside come back.
CREATE TABLE new_sealed_responses (
    receipt_hash  TEXT PRIMARY KEY,
    survey_id     TEXT NOT NULL REFERENCES surveys (id) ON DELETE CASCADE,
    coarse_class  TEXT,
    sealed        BLOB
) WITHOUT ROWID, STRICT;
INSERT INTO new_sealed_responses (receipt_hash, survey_id, coarse_class, sealed)
    SELECT receipt_hash, survey_id, coarse_class,
        CASE WHEN sealed LIKE 'packed:%' THEN unhex(substr(sealed, 8)) ELSE CAST(sealed AS BLOB) END
    FROM sealed_responses;
DROP TABLE sealed_responses;
ALTER TABLE new_sealed_responses RENAME TO sealed_responses;
CREATE INDEX sealed_responses_by_survey ON sealed_responses (survey_id);
