-- migrate:up

-- Whom somebody mentors, also what is over: a colleague who is active again takes it up.
drop index mentorships_by_colleague;
create index mentorships_by_colleague on mentorships (organization, colleague) where colleague <> '';

-- migrate:down
drop index mentorships_by_colleague;
create index mentorships_by_colleague on mentorships (organization, colleague) where stage <> 'ended';
