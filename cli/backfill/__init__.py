"""`talentloop backfill`: the records of a file become facts on Kafka."""
