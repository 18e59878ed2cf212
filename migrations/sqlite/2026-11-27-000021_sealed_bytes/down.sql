-- What the older program cannot read is put aside.
CREATE TABLE new_sealed_responses (
    receipt_hash  TEXT PRIMARY KEY,
    survey_id     TEXT NOT NULL REFERENCES surveys (id) ON DELETE CASCADE,
    coarse_class  TEXT,
    sealed        TEXT
) WITHOUT ROWID, STRICT;
INSERT INTO new_sealed_responses (receipt_hash, survey_id, coarse_class, sealed)
    SELECT receipt_hash, survey_id, coarse_class,
        CASE WHEN substr(sealed, 1, 1) = x'02' THEN 'packed:' || hex(sealed) ELSE CAST(sealed AS TEXT) END
    FROM sealed_responses;
DROP TABLE sealed_responses;
ALTER TABLE new_sealed_responses RENAME TO sealed_responses;
CREATE INDEX sealed_responses_by_survey ON sealed_responses (survey_id);
