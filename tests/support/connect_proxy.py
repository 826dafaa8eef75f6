"""A proxy as companies have them: it takes CONNECT, and requests for whole addresses, and knows one server."""

import asyncio
import re
import ssl


class ConnectProxy:
    """`async with ConnectProxy(port) as proxy`: whatever host is asked for, the server at `port` gets it.

    `asked` has what it was asked for, such as "CONNECT chat.example.org:443". With `tls` it also plays the far end
    of the tunnel, so that the server itself may speak plain HTTP. With `password` it wants Basic credentials,
    "user:password" in base64, and answers 407 to others.
    """

    def __init__(self, port: int, *, tls: ssl.SSLContext | None = None, password: str = "") -> None:
        self.asked: list[str] = []
        self._target = port
        self._tls = tls
        self._password = password

    async def __aenter__(self) -> "ConnectProxy":
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.partition(b" HTTP/")[0].decode())
        if self._password and f"proxy-authorization: basic {self._password}".lower() not in head.decode().lower():
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        if head.startswith(b"CONNECT "):
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if self._tls:
                await writer.start_tls(self._tls)
        else:
            far_writer.write(re.sub(rb"^(\w+) \w+://[^/ ]+/?", rb"\1 /", head))
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()
