-- Sealed answers are put aside as they are; withdrawn ones are gone. Which receipt stands beside which response means
-- nothing: nobody knows any more.
ALTER TABLE responses ADD COLUMN receipt_hash TEXT NOT NULL DEFAULT '';
UPDATE responses SET receipt_hash = id;
UPDATE responses SET receipt_hash = pairs.receipt_hash
FROM (
    SELECT placed.id, listed.receipt_hash
    FROM (
        SELECT id, survey_id, ROW_NUMBER() OVER (PARTITION BY survey_id ORDER BY id) AS place FROM responses
    ) AS placed
    JOIN (
        SELECT receipt_hash, survey_id, ROW_NUMBER() OVER (PARTITION BY survey_id ORDER BY receipt_hash) AS place
        FROM receipts WHERE NOT withdrawn
    ) AS listed ON listed.survey_id = placed.survey_id AND listed.place = placed.place
) AS pairs
WHERE responses.id = pairs.id;
INSERT INTO responses (id, survey_id, coarse_class, answers, receipt_hash)
    SELECT substr(receipt_hash, 1, 32), survey_id, coarse_class, 'sealed:' || sealed, receipt_hash
    FROM sealed_responses WHERE sealed IS NOT NULL;
DROP TABLE receipts;
DROP TABLE sealed_responses;
DROP TABLE suppressions;
ALTER TABLE surveys DROP COLUMN reminders;
ALTER TABLE surveys DROP COLUMN reminded_on;
