"""Mail to people: written down in the transaction it speaks of, sent by the worker."""
