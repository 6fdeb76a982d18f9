-- Why a letter came back, so that many refusals at once are seen for what they are.

-- migrate:up
alter table incoming add column trouble text;
create index incoming_refused on incoming (organization, received_at) include (candidate) where trouble = 'sender';

-- migrate:down
alter table incoming drop column trouble;
