"""What the console asks of notifications, by subject."""
