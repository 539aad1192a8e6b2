"""What the links in mails carry: hashes of tokens that are good once. `recovery` is who sends them and takes them."""
