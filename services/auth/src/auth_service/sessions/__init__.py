"""Where a person is signed in: a row per session, and the two tokens by which its client is recognised."""
