-- Sealed answers are bytes. Those from before stay the text that they were, and those of this version that a step down
-- put aside come back.
ALTER TABLE sealed_responses ALTER COLUMN sealed TYPE BYTEA USING
    CASE WHEN sealed LIKE 'packed:%' THEN decode(substr(sealed, 8), 'hex') ELSE convert_to(sealed, 'UTF8') END;
-- They are as good as random: compressing them is in vain, and in pieces elsewhere they would be written twice over.
ALTER TABLE sealed_responses ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE sealed_responses SET (toast_tuple_target = 8160);
