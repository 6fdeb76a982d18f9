-- migrate:up

-- Who applied for a job: its family and cycle are theirs.
create index facts_of_applicants on facts (organization, job, candidate)
    where job is not null and topic in ('application-submitted', 'application-decided');

-- migrate:down
drop index facts_of_applicants;
