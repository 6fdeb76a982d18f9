-- migrate:up

-- Whose job a task is about, so that its hiring managers see it; open tasks are derived again to learn it.
alter table tasks add column job text;
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select distinct organization, 'person', candidate from tasks where done_at is null and candidate <> ''
on conflict do nothing;

-- Few rows among many facts: the jobs of an organisation, with their teams.
create index facts_of_openings on facts (organization, fact) where topic = 'job-opened';

-- migrate:down
drop index facts_of_openings;
alter table tasks drop column job;
