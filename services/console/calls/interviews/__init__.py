"""What the console asks of interviews, by subject."""
