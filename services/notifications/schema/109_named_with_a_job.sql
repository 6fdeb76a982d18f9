-- migrate:up

-- Everybody whom any fact names together with a job: its owner, language and policy are read for them.
create index facts_naming_jobs on facts (organization, job, candidate) where job is not null and candidate is not null;

-- migrate:down
drop index facts_naming_jobs;
