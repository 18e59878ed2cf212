-- What the older program cannot read is put aside.
ALTER TABLE sealed_responses RESET (toast_tuple_target);
ALTER TABLE sealed_responses ALTER COLUMN sealed TYPE TEXT USING
    CASE WHEN substr(sealed, 1, 1) = '\x02' THEN 'packed:' || encode(sealed, 'hex') ELSE convert_from(sealed, 'UTF8') END;
