-- migrate:up
select set_config('app.organizations', '*', true);

-- When somebody signed in last: what they keep here goes with whoever comes no more.
create table visits (
    organization text not null,
    "user" text not null,
    last_at timestamptz not null,
    primary key (organization, "user")
);
create index visits_by_time on visits (last_at);
insert into visits (organization, "user", last_at) select organization, "user", now() from preferences;
alter table preferences add constraint preferences_of foreign key (organization, "user") references visits on delete cascade;

-- Lists as somebody wants to see them again: a name for filters. No words that are sought.
create table views (
    id uuid primary key,
    organization text not null,
    "user" text not null,
    place text not null,
    name text not null,
    query text not null,
    constraint views_of foreign key (organization, "user") references visits on delete cascade,
    constraint views_named unique (organization, "user", place, name)
);

alter table visits enable row level security;
alter table visits force row level security;
alter table views enable row level security;
alter table views force row level security;
create policy tenant on visits using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
create policy tenant on views using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop table views;
alter table preferences drop constraint preferences_of;
drop table visits;
