-- migrate:up

-- What the interviews of those who were erased came to.
create index facts_of_tallies on facts (organization, job) where topic = 'interview-tallied';

-- migrate:down
drop index facts_of_tallies;
