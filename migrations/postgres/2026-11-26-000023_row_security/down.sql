-- The role stays: another database of this server may use it.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'candour_app') THEN
        EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I REVOKE ALL ON TABLES FROM candour_app', current_schema());
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM candour_app', current_schema());
        EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM candour_app', current_schema());
    END IF;
END $$;
DROP FUNCTION candour_grant();

ALTER TABLE published_summaries DROP CONSTRAINT published_summaries_of_organisation;
ALTER TABLE surveys DROP CONSTRAINT surveys_of_organisation;

DO $$
DECLARE
    guarded RECORD;
BEGIN
    FOR guarded IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP POLICY %I ON %I', guarded.policyname, guarded.tablename);
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', guarded.tablename);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', guarded.tablename);
    END LOOP;
END $$;
DROP FUNCTION candour_reaches_all();
DROP FUNCTION candour_reaches(TEXT);
