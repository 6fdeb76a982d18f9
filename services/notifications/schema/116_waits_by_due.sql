-- migrate:up

-- Who waits in the order in which promises end; last who was promised no day.
create index waits_by_due on waits (organization, (coalesce(due_at, timestamptz '2101-01-01 00:00+00')), application);

-- migrate:down
drop index waits_by_due;
