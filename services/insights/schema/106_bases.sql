-- migrate:up

-- Of how many people each figure is stands in the sums now: every round is summed up again, and once more in an hour,
-- as the older program may still run and be the one that does it first.
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id) select organization, 'job', job from rounds on conflict do nothing;
update rounds set due_at = least(due_at, now() + interval '1 hour');

-- migrate:down
