-- migrate:up

-- Who is proposed, for whom nothing stands against: counted for a whole organisation, of which most were reviewed long ago.
create index matches_proposed on matches (organization, job, candidate) where blockers = '{}';

-- Few rows among many facts: the jobs of an organisation, with their teams.
create index facts_of_openings on facts (organization, fact) where topic = 'job-opened';

-- migrate:down
drop index facts_of_openings;
drop index matches_proposed;
