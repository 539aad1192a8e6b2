"""Takes an owner's todos out, all of them, and brings them in again, or those of other programs."""
