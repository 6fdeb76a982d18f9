"""`talentloop platform try`: a round of interviews, said to the stack on this machine as a platform says it."""
