-- migrate:up

-- A run's id follows from the very bytes of its inputs: they are kept as they were written. Nothing searches in them.
alter table runs alter column inputs type json using inputs::json, alter column result type json using result::json;

-- migrate:down
alter table runs alter column inputs type jsonb using inputs::jsonb, alter column result type jsonb using result::jsonb;
