-- The roles, and the schema. Run as the user who migrates; every later file runs as tieout_owner, who owns all there is.
-- Roles belong to the whole server: several databases may be making them at the same time, or an administrator has
-- made them before, for a user who may not. So each is made, and granted, only where it is missing.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['tieout_owner', 'tieout_runtime', 'tieout_eraser'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
    END IF;
    -- A superuser is a member of everything without a grant; others must be allowed to put the role on.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AND NOT EXISTS (
      SELECT FROM pg_auth_members AS grants
      WHERE grants.roleid = wanted::regrole AND grants.member = current_user::regrole
        AND COALESCE((to_jsonb(grants) ->> 'set_option')::boolean, true)     -- both columns are new in PostgreSQL 16
        AND COALESCE((to_jsonb(grants) ->> 'inherit_option')::boolean, true)
    ) THEN
      BEGIN
        EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
      EXCEPTION WHEN unique_violation THEN
        NULL;
      END;
    END IF;
  END LOOP;
END
$$;

CREATE SCHEMA IF NOT EXISTS tieout AUTHORIZATION tieout_owner;
REVOKE ALL ON SCHEMA tieout FROM PUBLIC;
GRANT USAGE ON SCHEMA tieout TO tieout_runtime, tieout_eraser;
