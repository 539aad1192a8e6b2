"""What happened to an account, and who did it: a log that can be added to and not changed unnoticed."""
