"""What an account's mailbox proves: a new password for who forgot it, and that an address is the person's own."""
