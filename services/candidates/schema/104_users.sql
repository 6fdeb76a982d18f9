-- migrate:up

-- Few rows among many facts: colleagues, whose names an access export masks.
create index facts_of_users on facts (organization, fact) where topic = 'user-registered';

-- migrate:down
drop index facts_of_users;
