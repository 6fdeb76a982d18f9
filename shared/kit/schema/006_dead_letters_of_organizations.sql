-- migrate:up

-- What an organisation's own admins look at: its parked records, the newest first.
create index dead_letters_of_organization on dead_letters (organization, id) where state = 'parked';

-- migrate:down
drop index dead_letters_of_organization;
