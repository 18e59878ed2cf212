-- What an organisation says in its own words in invitations and reminders, as JSON.
CREATE TABLE mail_templates (
    organisation  TEXT PRIMARY KEY REFERENCES organisations (ods) ON DELETE CASCADE,
    body          TEXT NOT NULL
);
