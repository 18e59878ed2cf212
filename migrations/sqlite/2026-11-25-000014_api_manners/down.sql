DROP TABLE rate_limits;
DROP TABLE idempotent_answers;
