"""Sessions that have ended although their tokens have not: kept in the memory of every process that verifies tokens."""
