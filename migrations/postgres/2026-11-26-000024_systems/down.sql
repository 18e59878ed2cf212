DROP TABLE system_release_surveys;
DROP TABLE system_releases;
DROP TABLE system_members;
