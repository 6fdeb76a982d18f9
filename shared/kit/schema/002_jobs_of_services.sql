-- migrate:up

-- Whom a job concerns is each service's own question, and so is the index that answers it.
drop index facts_by_job;

-- migrate:down
create index facts_by_job on facts (organization, job)
    where job is not null and topic in ('application-submitted', 'application-decided');
