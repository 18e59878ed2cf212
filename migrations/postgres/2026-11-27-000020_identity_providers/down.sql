DROP TABLE identity_requests;
DROP TABLE identity_subjects;
DROP TABLE identity_providers;
