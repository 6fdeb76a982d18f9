-- migrate:up

-- Of how many people each figure is stands in the sums now: every round is summed up again.
select set_config('app.organizations', '*', true);
insert into waiting (organization, kind, id) select organization, 'job', job from rounds on conflict do nothing;

-- migrate:down
