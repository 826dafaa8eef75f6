"""The layer every function shares: the protocol, the rooms, the table, the broadcast.

protocol, history, room rules: pure, they import no AWS library and take `now` and ids as arguments.
table: the only module that talks to DynamoDB. connections: the only one that talks to @connections.
chat: the use cases of a room in their words. route: the edge that turns an event into a call.
"""
