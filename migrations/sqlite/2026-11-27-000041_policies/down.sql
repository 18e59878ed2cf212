ALTER TABLE surveys DROP COLUMN minimum_count;
DROP TABLE policies;
