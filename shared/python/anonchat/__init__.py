"""The layer every function shares. Each line below is one module; a test holds the list to the files.

Pure, without a clock, a table or a socket:
    limits          every fixed limit, with its unit and its reason
    settings        what the owner of a chat may choose
    model           connections, members, messages, persons
    answers         what the table answers where that is more than a row
    protocol        the frames: what a client may send, and all that the server sends
    rules           times, ranks, who is announced, what history holds
    snapshot        the `joined`, `page` and `roster` frames, cut to one billed frame
    message_frames  messages to one member: one by one, or several in one frame
    history_pages   how many messages to read at once
    rows            the table's keys, and its rows as data
    sigv4           signatures of requests to AWS
    http_response   one HTTP response, read from its bytes
    dynamodb_errors what goes wrong with a request to DynamoDB

With the world:
    dynamodb_client one request to DynamoDB: signed, answered, asked again; nothing else talks to it
    dynamodb        requests to one table, and what came of them
    counted         updates of a connection's row that count, and are refused beyond a limit
    table           every row that is read or written
    trust           the certificates that TLS trusts
    http_connection one kept HTTP connection; nothing else opens sockets
    http_pool       many small requests at once over kept connections
    http_call       one request and its whole response, over a pool's connections
    connections     @connections: post, look, close
    clock           the time, and random tokens
    log             JSON lines without anything that people wrote

The use cases:
    admission       counts what a connection asks, and refuses beyond the limit
    history         what was said in a room, read page by page
    roster          who is in a room, read page by page
    joining         the steps of a join
    places          who gets the last places of a room
    publishing      the steps of a send
    broadcast       frames to members, departures, the removal of the gone
    batching        messages of a busy room that go out together
    chat            puts those together, once for each function
    route           the edge: events in, frames and statuses out
"""
