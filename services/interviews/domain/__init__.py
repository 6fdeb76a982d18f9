"""What became of interviews, applications and jobs: the instants inside the records decide, never their order."""
