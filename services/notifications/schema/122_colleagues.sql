-- migrate:up

-- Letters to colleagues are more than reminders: mentors are asked and told, recommendations looked at.
drop index letters_by_user;
create index letters_by_user on letters (organization, recipient, candidate)
    where kind in ('mentor', 'referral', 'reminder');

-- migrate:down
drop index letters_by_user;
create index letters_by_user on letters (organization, recipient, candidate) where kind = 'reminder';
