-- migrate:up

-- Who is signed in. The browser holds 256 random bits, we their hash and the tokens encrypted.
create table sessions (
    id bytea primary key check (length(id) = 32),
    organization text not null,
    "user" text not null,
    tokens text not null,
    started_at timestamptz not null,
    seen_at timestamptz not null
);
create index sessions_by_start on sessions (started_at);
create index sessions_by_use on sessions (seen_at);

alter table sessions enable row level security;
alter table sessions force row level security;
create policy tenant on sessions using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop table sessions;
