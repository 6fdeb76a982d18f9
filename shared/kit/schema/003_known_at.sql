-- migrate:up

-- When a service learnt of a fact, by its own clock; null for what it said itself.
alter table facts add column known_at timestamptz;

-- migrate:down
alter table facts drop column known_at;
