-- migrate:up

-- Every fact a service listens to, its own included: the newest version of each, once.
create table facts (
    organization text not null,
    fact text not null,
    topic text not null,
    candidate text,
    job text,
    time timestamptz not null,
    event text not null,
    source text not null,
    causation text,
    historical boolean not null default false,
    partition integer,
    "offset" bigint,
    saved_at timestamptz not null default now(),
    body jsonb not null,
    primary key (organization, fact, topic)
);
create index facts_by_candidate on facts (organization, candidate, topic) where candidate is not null;
create index facts_by_job on facts (organization, job)
    where job is not null and topic in ('application-submitted', 'application-decided');
create index facts_by_event on facts (event);
create index facts_by_cause on facts (organization, causation) where causation is not null;
create index facts_of_merges on facts (organization) where topic = 'candidate-merged';

-- Versions that no longer stand, or never did: their names, for 30 days.
create table passed_events (
    organization text not null,
    fact text not null,
    topic text not null,
    event text not null,
    source text not null,
    time timestamptz not null,
    causation text,
    is_late boolean not null,
    at timestamptz not null default now(),
    primary key (organization, fact, topic, event, source)
);
create index passed_events_by_event on passed_events (event);
create index passed_events_by_cause on passed_events (organization, causation) where causation is not null;
create index passed_events_by_age on passed_events (at);

-- A consent is ordered by when it was given, a withdrawal winning a tie; every other fact by its event's time.
create function stands_at(topic text, body jsonb, "time" timestamptz) returns timestamptz language sql stable
    return case when topic = 'consent-changed' then (body ->> 'given_at')::timestamptz else "time" end;
create function withdraws(topic text, body jsonb) returns boolean language sql immutable
    return topic = 'consent-changed' and body ->> 'granted' = 'false';

-- The row that everything about one person is locked by.
create table people (
    organization text not null,
    candidate text not null,
    erased_at timestamptz,
    primary key (organization, candidate)
);

-- Who a merged id belongs to now. Facts are never re-keyed.
create table aliases (
    organization text not null,
    candidate text not null,
    person text not null,
    primary key (organization, candidate)
);
create index aliases_by_person on aliases (organization, person) where person <> '';

-- Every id of everyone who is named by any id, with the id that stands for them, in the order in which they are locked.
create function people_named(organizations text[], candidates text[])
returns table (organization text, person text, candidate text) language sql stable as $$
    with named as (
        select distinct u.organization, coalesce(a.person, u.candidate) as person
        from unnest(organizations, candidates) as u(organization, candidate)
        left join lateral (select person from aliases a where a.organization = u.organization
                           and a.candidate = u.candidate offset 0) a on true
    )
    select organization, person, person from named
    union all
    select n.organization, n.person, a.candidate from named n
    cross join lateral (select candidate from aliases a where a.organization = n.organization
                        and a.person = n.person and a.person <> '' offset 0) a
    order by 1, 3
$$;

-- People and jobs that are still to be derived: after a backlog, a change that concerns many, or `rebuild`.
create table waiting (
    organization text not null,
    kind text not null check (kind in ('person', 'job')),
    id text not null,
    failed_at timestamptz, -- deriving it failed: left alone until it is noted again
    primary key (organization, kind, id)
);
create index waiting_now on waiting (kind) where failed_at is null;

-- Who opened which candidate. Append-only: migrations take UPDATE and DELETE from the application's role.
create table reads (
    organization text not null,
    id bigint generated always as identity,
    at timestamptz not null,
    reader text not null,
    candidate text not null,
    route text not null,
    request text not null,
    primary key (organization, id)
);
create index reads_by_candidate on reads (organization, candidate, id);
create index reads_by_reader on reads (organization, reader, id);

-- The kit's own: no business data, so no tenant.
create table offsets (
    topic text not null,
    partition integer not null,
    next_offset bigint not null,
    primary key (topic, partition)
);
create table log_position (
    single boolean primary key default true check (single),
    cluster text not null,
    epoch integer not null default 0,
    nudged_at timestamptz -- when quiet partitions were last written to, so that they are compacted
);
create table clock (
    single boolean primary key default true check (single),
    now_at timestamptz not null
);
create table outbox (
    id bigint generated always as identity primary key,
    topic text not null,
    partition integer,
    key bytea not null,
    value bytea,
    headers bytea not null,
    saved_at timestamptz not null default now()
) with (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_vacuum_insert_scale_factor = 0
);
create table dead_letters (
    id bigint generated always as identity primary key,
    topic text not null,
    partition integer not null,
    "offset" bigint not null,
    organization text,
    key bytea,
    value bytea,
    headers bytea not null,
    appended_at timestamptz not null,
    code text not null,
    field text,
    detail text not null,
    state text not null default 'parked' check (state in ('parked', 'redriving', 'redriven', 'discarded')),
    attempts integer not null default 1,
    first_at timestamptz not null,
    last_at timestamptz not null,
    event text,
    source text,
    unique (topic, partition, "offset")
);
create index dead_letters_parked on dead_letters (code, topic) where state = 'parked';
create index dead_letters_by_event on dead_letters (event) where event is not null;
create index dead_letters_redriving on dead_letters (id) where state = 'redriving';
create table unknown_fields (
    source text not null,
    topic text not null,
    field text not null,
    day date not null,
    primary key (source, topic, field, day)
);

-- A transaction sees the organisations it was opened for. The subselects run once per statement, not once per row.
alter table facts enable row level security;
alter table facts force row level security;
create policy tenant on facts using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table people enable row level security;
alter table people force row level security;
create policy tenant on people using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table aliases enable row level security;
alter table aliases force row level security;
create policy tenant on aliases using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table waiting enable row level security;
alter table waiting force row level security;
create policy tenant on waiting using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table passed_events enable row level security;
alter table passed_events force row level security;
create policy tenant on passed_events using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table reads enable row level security;
alter table reads force row level security;
create policy tenant on reads using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop function people_named;
drop table unknown_fields, dead_letters, outbox, clock, log_position, offsets, waiting, aliases, people, facts,
    passed_events, reads;
drop function withdraws(text, jsonb);
drop function stands_at(text, jsonb, timestamptz);
