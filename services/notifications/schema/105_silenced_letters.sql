-- migrate:up

-- When a letter would have left, had the organisation not kept silent: what follows it follows then, too.
alter table letters add column silenced_at timestamptz;
update letters set silenced_at = send_at where state = 'suppressed' and reason in ('off', 'shadow') and due_at is null;

-- migrate:down
alter table letters drop column silenced_at;
