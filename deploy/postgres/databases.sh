#!/bin/bash
# One database per service; its owner makes the schema, the service itself only fills it. Runs once, on an empty volume.
(
set -eu
database() {
  psql -v ON_ERROR_STOP=1 --username postgres -v name="$1" -v owner="$1_owner" \
       -v password="$(cat "/run/secrets/$1_password")" \
       -v owner_password="$(cat "/run/secrets/$1_owner_password")" <<'SQL'
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"owner" TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO :"name";
SQL
}
database interviews
database candidates
database notifications
database insights
database console
psql -v ON_ERROR_STOP=1 --username postgres -c 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
)
