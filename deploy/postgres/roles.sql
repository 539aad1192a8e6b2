-- One role per service in the current database, each with rights on a schema of its own and nowhere else.
-- Run with psql as an administrator, as often as you like; the last passwords given are the ones that hold.
--
--   psql -v auth_password=… -v todos_password=… -f roles.sql <administrator's URL of the database>
--
-- auth_role and todos_role name the roles differently where one server holds several systems.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?auth_role}
\else
  \set auth_role daybook_auth
\endif
\if :{?todos_role}
\else
  \set todos_role daybook_todos
\endif

SET client_min_messages = warning;
BEGIN;

-- Two runs at once take turns.
DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('daybook.roles')); END $$;

SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY[:'auth_role', :'todos_role']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE :"auth_role" WITH LOGIN PASSWORD :'auth_password';
ALTER ROLE :"todos_role" WITH LOGIN PASSWORD :'todos_password';

-- An administrator who is no superuser (a managed Postgres) may only give schemas to roles it is a member of.
SELECT format('GRANT %I TO CURRENT_USER', name) FROM unnest(ARRAY[:'auth_role', :'todos_role']) AS name
WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER) \gexec

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name)
FROM unnest(ARRAY[:'auth_role', :'todos_role']) AS name \gexec

CREATE SCHEMA IF NOT EXISTS auth AUTHORIZATION :"auth_role";
CREATE SCHEMA IF NOT EXISTS todos AUTHORIZATION :"todos_role";

-- On the role rather than in the connection, so that it also holds behind a pooler.
ALTER ROLE :"auth_role" SET search_path = auth;
ALTER ROLE :"todos_role" SET search_path = todos;

-- A request gives up after six seconds: no statement may hold its locks for longer than somebody waits for it.
SELECT format('ALTER ROLE %I SET %I = %L', name, setting, value)
FROM unnest(ARRAY[:'auth_role', :'todos_role']) AS name,
     (VALUES ('statement_timeout', '3s'), ('lock_timeout', '1s'), ('idle_in_transaction_session_timeout', '10s'))
       AS limits (setting, value) \gexec

COMMIT;
