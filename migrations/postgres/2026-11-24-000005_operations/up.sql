-- Day on which a survey was closed: retention counts from it. Surveys that were closed before this count from today.
ALTER TABLE surveys ADD COLUMN closed_on TEXT;
UPDATE surveys SET closed_on = to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') WHERE state IN ('closed', 'published');
