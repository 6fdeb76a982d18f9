"""The only writers and readers of the tables of insights. What pages ask for:

- a job, its teams: `openings.load_job`, `openings.load_openings`, `openings.find_own_jobs`
- its people's rows: `rows.load_round_rows`, `rows.load_assessments`; somebody's growth: `rows.load_growths`
- what jobs are summed up to: `rounds.load_round`, `load_rounds`, `list_rounds`; as it was told: `rounds.load_told`
- surveys: `surveys.load_answers`
- an interviewer about themselves: `interviewers.load_rated_together`, `load_own`; what they owe: `find_owed`
- how an organisation works, and whether interviewers are told of themselves: `organizations`
"""
