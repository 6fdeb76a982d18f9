-- migrate:up

-- Who applied for a job: its family and cycle are theirs.
create index facts_of_applicants on facts (organization, job, candidate)
    where job is not null and topic in ('application-submitted', 'application-decided');

-- Spellings of a family that look alike are one now: jobs that may be named by another one are derived again, and with
-- them whoever applied.
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id)
select organization, 'job', fact from facts
where topic = 'job-opened' and coalesce(body ->> 'family', body ->> 'department') ~ '[^ -~]'
union
select f.organization, 'person', f.candidate from facts o
join facts f on f.organization = o.organization and f.job = o.fact
    and f.topic in ('application-submitted', 'application-decided')
where o.topic = 'job-opened' and coalesce(o.body ->> 'family', o.body ->> 'department') ~ '[^ -~]'
on conflict do nothing;

-- migrate:down
drop index facts_of_applicants;
