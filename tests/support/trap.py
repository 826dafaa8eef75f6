"""A port that nobody has any business with: it notes whoever comes, and hangs up."""

import socket
import threading


class Trap:
    """Listens from the beginning until `close`. `caught` has the first line of all that came."""

    def __init__(self) -> None:
        self.caught: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._catch)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _catch(self) -> None:
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:  # closed
                return
            with visitor:
                self.caught.append(visitor.recv(1 << 16).partition(b"\r\n")[0])
