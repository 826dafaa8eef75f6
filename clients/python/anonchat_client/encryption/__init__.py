"""The encryption, written from docs/encryption.md alone.

It shares no code with the page's own, so that each is a check on the other: both must open, and refuse, the same
vectors (tests/frontend/vectors.json). No sockets here, and no event loop.
"""
