"""What happened: the facts of jobs, applications, interviews, feedback and decisions. Owner: interviews."""
