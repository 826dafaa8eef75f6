"""`python -m anonchat_client`: a chat in a terminal, encrypted end to end."""
