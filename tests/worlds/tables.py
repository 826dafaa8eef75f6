"""Every state the table was in, by number, and what each request makes of it: each is asked once."""

from typing import Any

from tests.support.fakes import FakeTable
from tests.worlds.freezing import copied, freeze
from tests.worlds.invocations import Call
from tests.worlds.requests import START_MS


class Tables:
    def __init__(self) -> None:
        self._contents: list[dict[str, Any]] = []
        self._kinds: list[dict[str, int]] = []  # of each: the number of each of its kinds of rows
        self._numbers: dict[tuple[tuple[str, int], ...], int] = {}
        self._rows: list[Any] = []
        self._kind_numbers: dict[Any, int] = {}
        self._asked: dict[tuple[int, int, bool], tuple[int, Any, int]] = {}
        self._answers: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self._contents)

    def empty(self, sockets: tuple[str, ...]) -> int:
        """Return the state with one row for each of these sockets, which are in no room."""
        table = FakeTable()
        for socket in sockets:
            table.put_connection(socket, salt_of(socket), START_MS)
        return self._number(table)

    def ask(self, number: int, call: Call, call_id: int, *, is_repeated: bool) -> tuple[int, Any, int]:
        """Make a request of this state. Return the answer's number, the answer, and the state after it."""
        key = (number, call_id, is_repeated)
        found = self._asked.get(key)
        if found is None:
            table = self.at(number)
            answer = getattr(table, call.name)(*call.arguments, **dict(call.options))
            if call.name == "messages":
                answer = list(answer)
            if is_repeated:
                answer = _repeated(call, answer, table)
            answer_number = self._answers.setdefault(freeze(answer), len(self._answers))
            found = self._asked[key] = (answer_number, answer, self._number(table, number))
        return found

    def connect(self, number: int, socket: str) -> int:
        """Return the state with a row for a new socket."""
        table = self.at(number)
        table.put_connection(socket, salt_of(socket), START_MS)
        return self._number(table, number)

    def at(self, number: int) -> "_Copied":
        """Return a table with the rows of this state, to read and to write."""
        return _Copied(self._contents[number])

    def _number(self, table: FakeTable, before: int | None = None) -> int:
        """Return the number of this table. Nothing is looked at that stands in it as it stood in the one `before`."""
        contents = {name: value for name, value in vars(table).items() if name not in ("_step", "_original")}
        kept = {} if before is None else self._kinds[before]
        kinds = {**kept, **{name: self._kind(name, rows) for name, rows in contents.items()}}
        key = tuple(sorted(kinds.items()))
        if key not in self._numbers:
            self._numbers[key] = len(self._contents)
            self._contents.append({name: self._rows[kind] for name, kind in kinds.items()})
            self._kinds.append(kinds)
        return self._numbers[key]

    def _kind(self, name: str, rows: Any) -> int:
        """Return the number of what stands in one kind of rows. The same is kept once."""
        number = self._kind_numbers.setdefault((name, freeze(rows)), len(self._rows))
        if number == len(self._rows):
            self._rows.append(rows)
        return number

    def read(self, number: int) -> FakeTable:
        """Return a table with the rows of this state, only to read."""
        table = FakeTable()
        table.__dict__.update(self._contents[number])
        return table

    def key(self, number: int) -> Any:
        """Return a value that says all that is in this state."""
        return freeze(self._contents[number])


class _Copied(FakeTable):
    """A table that copies those rows of another that it is asked for."""

    def __init__(self, original: dict[str, Any]) -> None:
        self._step = lambda: None
        self._original = original

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__[name] = copied(self.__dict__["_original"][name])
        return found


def _repeated(call: Call, answer: Any, table: FakeTable) -> Any:
    """Return what the real table makes of an answer when it knows that the request may have been applied before."""
    if call.name == "delete_member":
        return answer._replace(is_unclear=answer.row is None and call.arguments[:2] not in table.rows)
    return True if call.name == "elect_presence" else answer


def salt_of(socket: str) -> str:
    return f"salt-{socket}"
