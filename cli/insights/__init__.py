"""`talentloop insights`."""
