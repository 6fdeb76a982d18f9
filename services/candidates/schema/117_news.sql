-- migrate:up

-- Few rows among many facts: the notes of an organisation.
create index facts_of_news on facts (organization, fact) where topic = 'news-published';

-- migrate:down
drop index facts_of_news;
