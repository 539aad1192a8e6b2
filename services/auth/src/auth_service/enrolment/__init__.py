"""How people set up what they show beside the password, and how they take it away again."""
