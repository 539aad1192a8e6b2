"""Which browsers have signed in to an account before."""
