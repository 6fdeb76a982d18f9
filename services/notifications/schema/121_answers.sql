-- migrate:up

-- The letters that are to answer one request, the newest of them last.
create index letters_answering on letters (organization, about, step) where kind = 'answer';

-- migrate:down
drop index letters_answering;
