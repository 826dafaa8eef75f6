"""What a client of docs/protocol.md has to know and to decide: no sockets, no clock, no event loop."""
