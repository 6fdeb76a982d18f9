-- migrate:up

-- By a preparation: how each interview of its day stands, so that what changes is told again.
alter table letters add column told jsonb;

-- migrate:down
alter table letters drop column told;
