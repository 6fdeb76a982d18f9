-- migrate:up

-- Who is signed in. The browser holds 256 random bits, we their hash and the tokens encrypted.
create table sessions (
    id bytea primary key check (length(id) = 32),
    organization text not null,
    "user" text not null,
    sid text, -- of the issuer's own session, where it names one
    tokens text not null,
    started_at timestamptz not null,
    seen_at timestamptz not null
);
create index sessions_by_start on sessions (started_at);
create index sessions_by_use on sessions (seen_at);
create index sessions_by_sid on sessions (sid) where sid is not null;
create index sessions_by_user on sessions ("user");

-- Who is on the way to the issuer and back: nobody's yet, so no organisation's.
create table sign_ins (
    state bytea primary key check (length(state) = 32),
    browser bytea not null check (length(browser) = 32),
    nonce text not null,
    verifier text not null,
    next text not null,
    started_at timestamptz not null
);
create index sign_ins_by_start on sign_ins (started_at);

-- Logout tokens that were heard: each ends sessions once.
create table logouts (
    id bytea primary key check (length(id) = 32),
    heard_at timestamptz not null
);
create index logouts_by_time on logouts (heard_at);

-- How somebody wants their pages.
create table preferences (
    organization text not null,
    "user" text not null,
    language text,
    zone text,
    keys_on boolean not null,
    primary key (organization, "user")
);

alter table sessions enable row level security;
alter table sessions force row level security;
alter table preferences enable row level security;
alter table preferences force row level security;
create policy tenant on sessions using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
create policy tenant on preferences using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop table preferences;
drop table logouts;
drop table sign_ins;
drop table sessions;
