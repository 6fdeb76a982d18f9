-- migrate:up

-- One ordered walk for each filter of the pool: a page begins where the last one ended, however many members there are.
-- Those who left are walked by their status only.
create index members_by_family on members (organization, family, candidate) where status <> 'left';
create index members_by_tier on members (organization, tier, candidate) where status <> 'left';
create index members_by_cycle on members (organization, cycle, candidate) where status <> 'left';
create index members_by_status on members (organization, status, candidate) where status is not null;

-- The words a member is found by: names, stated skills, titles of jobs applied for, and why they are in the pool.
create table descriptions (
    organization text not null,
    candidate text not null,
    family text not null,
    words text[] not null,
    primary key (organization, candidate, family)
);

-- The same the other way round, without the words of our own sentences: who is found by a word.
create table words (
    organization text not null,
    word text not null,
    candidate text not null,
    family text not null,
    primary key (organization, word, candidate, family)
);

-- What interviewers saw in members: `level` 1 to 5, `whole` the whole level that is reached.
create table skills (
    organization text not null,
    candidate text not null,
    competency text not null,
    level double precision not null,
    whole smallint not null,
    assessed_at timestamptz not null,
    primary key (organization, candidate, competency)
);
create index skills_by_level on skills (organization, competency, whole, candidate) where whole is not null;

alter table descriptions enable row level security;
alter table descriptions force row level security;
create policy tenant on descriptions using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table words enable row level security;
alter table words force row level security;
create policy tenant on words using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));
alter table skills enable row level security;
alter table skills force row level security;
create policy tenant on skills using ((select current_setting('app.organizations', true)) = '*'
    or organization = any((select string_to_array(current_setting('app.organizations', true), ','))::text[]));

-- migrate:down
drop table skills, words, descriptions;
drop index members_by_status, members_by_cycle, members_by_tier, members_by_family;
