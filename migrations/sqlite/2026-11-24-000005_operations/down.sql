ALTER TABLE surveys DROP COLUMN closed_on;
