DROP TABLE sign_in_attempts;
DROP INDEX sessions_by_account;
DELETE FROM sessions;
ALTER TABLE sessions DROP COLUMN awaits;
ALTER TABLE sessions DROP COLUMN id;
DROP TABLE recovery_codes;
ALTER TABLE accounts DROP COLUMN last_code_step;
ALTER TABLE accounts DROP COLUMN second_factor;
