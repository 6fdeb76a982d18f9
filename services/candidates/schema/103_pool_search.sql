-- migrate:up

-- Members in the order of candidates, for whatever is given of family, cycle, tier and status: of tiers and statuses there
-- are so few that every pair is walked on its own. Who left has no tier for certain, and is listed apart. Each index has a
-- condition and an order that only its own walk states, so that no statistics can make another one lead.
create index members_by_family on members (organization, family, tier, status, candidate collate "C")
    where status <> 'left' and family <> '';
create index members_by_cycle on members (organization, cycle, tier, status, candidate collate "C")
    where status <> 'left' and cycle <> '';
create index members_by_both on members (organization, family, cycle, tier, status, candidate collate "C")
    where status <> 'left' and family || cycle <> '';
create index members_by_tier on members (organization, tier, status, candidate collate "C")
    where status <> 'left' and tier <> '';
create index members_left on members (organization, candidate collate "C") where status = 'left';

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
drop index members_left, members_by_tier, members_by_both, members_by_cycle, members_by_family;
