-- migrate:up

-- One person may wait to be derived for one job only: the id is `job/person`. Candidates said so itself once.
alter table waiting drop constraint waiting_kind_check;
alter table waiting add constraint waiting_kind_check check (kind in ('person', 'job', 'pair'));

-- migrate:down
select set_config('app.organizations', '*', true);
delete from waiting where kind = 'pair';
alter table waiting drop constraint waiting_kind_check;
alter table waiting add constraint waiting_kind_check check (kind in ('person', 'job'));
