-- migrate:up

-- Letters in the order in which they leave: of one job, and those that are still to come.
create index letters_by_job on letters (organization, job, send_at, letter) where job is not null;
create index letters_to_come on letters (organization, state, send_at, letter)
    where state in ('planned', 'waiting', 'ready');

-- migrate:down
drop index letters_to_come;
drop index letters_by_job;
