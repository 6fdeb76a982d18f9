-- migrate:up

create view campaigns with (security_invoker = true) as
select organization, fact as campaign, body ->> 'competency' as competency,
       coalesce((body ->> 'started_at')::timestamptz, time) as started_at, body ->> 'job' as job,
       body ->> 'cycle' as cycle, body ->> 'by' as by_user, body ->> 'title' as title, body ->> 'text' as text,
       body ->> 'url' as url, body ->> 'language' as language, historical
from facts where topic = 'campaign-started';
create index facts_of_campaigns on facts (organization, fact) where topic = 'campaign-started';
create index letters_of_campaigns on letters (organization, about) where kind = 'campaign';

-- migrate:down
drop index letters_of_campaigns;
drop index facts_of_campaigns;
drop view campaigns;
