-- How many had answered on a day, rounded down to the step of their survey; a line for each day on which that became
-- another number. Coarser than what the page of an open survey says all day: nobody learns more from it.
CREATE TABLE participation (
    survey_id  TEXT NOT NULL REFERENCES surveys (id) ON DELETE CASCADE,
    day        TEXT NOT NULL,
    answered   INTEGER NOT NULL CHECK (answered >= 0),
    PRIMARY KEY (survey_id, day)
);

CREATE POLICY by_survey ON participation
    USING (candour_reaches_all() OR EXISTS (SELECT FROM surveys WHERE surveys.id = survey_id));
ALTER TABLE participation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT candour_grant();
