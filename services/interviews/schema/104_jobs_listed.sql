-- migrate:up

-- What jobs are listed by: family and cycle, everybody on the team, the title as it is searched (`spelled`), and when
-- they were opened, long ago where nobody knows (`listed_at`). They are derived again.
alter table jobs add column family text;
alter table jobs add column cycle text;
alter table jobs add column team text[] not null default '{}';
alter table jobs add column spelled text not null default '';
alter table jobs add column listed_at timestamptz not null default '1970-01-01 00:00:00+00';
create index jobs_by_opening on jobs (organization, listed_at, job) where job <> '';
select set_config('app.organizations', '*', true);
update jobs set listed_at = opened_at where opened_at is not null;
insert into waiting (organization, kind, id) select organization, 'job', job from jobs on conflict do nothing;

-- Interviews in the order in which they begin.
create index interviews_by_start on interviews (organization, starts_at, interview, candidate)
    where starts_at is not null and interview <> '';

-- migrate:down
drop index interviews_by_start;
drop index jobs_by_opening;
alter table jobs drop column listed_at;
alter table jobs drop column spelled;
alter table jobs drop column team;
alter table jobs drop column cycle;
alter table jobs drop column family;
