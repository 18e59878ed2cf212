-- The second wall between organisations: a transaction sees the rows of the organisation that "candour.organisation"
-- names, of every one when it is '*', and none when it is not set. FORCE: the owner of the tables is bound, too.
CREATE FUNCTION candour_reaches(organisation TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT current_setting('candour.organisation', TRUE) = '*'
       OR organisation = nullif(current_setting('candour.organisation', TRUE), '') $$;
CREATE FUNCTION candour_reaches_all() RETURNS BOOLEAN LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT current_setting('candour.organisation', TRUE) = '*' $$;

CREATE POLICY by_organisation ON organisations USING (candour_reaches(ods));
CREATE POLICY by_organisation ON accounts USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON surveys USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON suppressions USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON workforces USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON indicator_inputs USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON survey_figures USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON published_workforces USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON published_summaries USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON actions USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON column_mappings USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON mail_templates USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON audit_events USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON audit_heads USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON clients USING (candour_reaches(organisation));
CREATE POLICY by_organisation ON webhooks USING (candour_reaches(organisation));

-- What names no organisation belongs to that of the row which it hangs on; that row's own policy decides.
CREATE POLICY by_survey ON invitations
    USING (candour_reaches_all() OR EXISTS (SELECT FROM surveys WHERE surveys.id = survey_id));
CREATE POLICY by_survey ON sealed_responses
    USING (candour_reaches_all() OR EXISTS (SELECT FROM surveys WHERE surveys.id = survey_id));
CREATE POLICY by_survey ON responses
    USING (candour_reaches_all() OR EXISTS (SELECT FROM surveys WHERE surveys.id = survey_id));
CREATE POLICY by_survey ON receipts
    USING (candour_reaches_all() OR EXISTS (SELECT FROM surveys WHERE surveys.id = survey_id));
CREATE POLICY by_survey ON releases
    USING (candour_reaches_all() OR EXISTS (SELECT FROM surveys WHERE surveys.id = survey_id));
CREATE POLICY by_account ON sessions
    USING (candour_reaches_all() OR EXISTS (SELECT FROM accounts WHERE accounts.id = account_id));
CREATE POLICY by_account ON recovery_codes
    USING (candour_reaches_all() OR EXISTS (SELECT FROM accounts WHERE accounts.id = account_id));
CREATE POLICY by_account ON api_sessions
    USING (candour_reaches_all() OR EXISTS (SELECT FROM accounts WHERE accounts.id = account_id));
CREATE POLICY by_client ON client_assertions
    USING (candour_reaches_all() OR EXISTS (SELECT FROM clients WHERE clients.id = client_id));
CREATE POLICY by_webhook ON webhook_deliveries
    USING (candour_reaches_all() OR EXISTS (SELECT FROM webhooks WHERE webhooks.id = webhook_id));

DO $$
DECLARE
    guarded TEXT;
BEGIN
    FOR guarded IN SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = current_schema() LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
    END LOOP;
END $$;

-- A summary is of the same organisation as its survey.
ALTER TABLE surveys ADD CONSTRAINT surveys_of_organisation UNIQUE (organisation, id);
ALTER TABLE published_summaries ADD CONSTRAINT published_summaries_of_organisation
    FOREIGN KEY (organisation, survey) REFERENCES surveys (organisation, id) ON DELETE CASCADE;

-- The role that the service works under: it owns nothing and may change no table. Who may not make roles goes on
-- without: the policies bind the owner as well. Called again after a backup was put back, which carries no rights.
CREATE FUNCTION candour_grant() RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'candour_app') THEN
            CREATE ROLE candour_app NOLOGIN;
        END IF;
    EXCEPTION
        -- Somebody else was quicker.
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN RETURN;
    END;
    BEGIN
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            GRANT candour_app TO CURRENT_USER;
        END IF;
    EXCEPTION
        WHEN insufficient_privilege THEN NULL;
    END;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO candour_app', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO candour_app', current_schema());
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO candour_app',
                   current_schema());
    REVOKE INSERT, UPDATE, DELETE ON __diesel_schema_migrations FROM candour_app;
    REVOKE UPDATE, DELETE ON audit_events FROM candour_app;
END $$;
SELECT candour_grant();
