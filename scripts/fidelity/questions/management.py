"""The rest of @connections: looking at connections, closing them, and the form of its answers."""

from scripts.fidelity.asking import Asking, question, words
from scripts.fidelity.management import Answer
from scripts.fidelity.questions.posts import UNKNOWN


@question()
async def get_connection(asking: Asking) -> str:
    _, connection_id = await asking.with_id(headers=["User-Agent: Probe/1"])
    answer = await asking.management().get(connection_id)
    if not (found := answer.json()):
        return str(answer)
    identity = found.get("identity") or found.get("Identity") or {}
    return f"{answer} {' '.join(sorted(found))} ({' '.join(sorted(identity))})"


@question()
async def get_without_user_agent(asking: Asking) -> str:
    _, connection_id = await asking.with_id()
    identity = (await asking.management().get(connection_id)).json().get("identity", {})
    return " ".join(sorted(identity)) or "none"


@question()
async def get_times(asking: Asking) -> str:
    """Ask how the times of a connection are written."""
    _, connection_id = await asking.with_id()
    connected = (await asking.management().get(connection_id)).json().get("connectedAt")
    return "ISO 8601" if isinstance(connected, str) and "T" in connected else words(connected)


@question()
async def get_unknown(asking: Asking) -> str:
    return str(await asking.management().get(UNKNOWN))


@question()
async def delete_connection(asking: Asking) -> str:
    _, connection_id = await asking.with_id()
    return str(await asking.management().delete(connection_id))


@question()
async def delete_closes(asking: Asking) -> str:
    """Ask how a client sees that its connection was deleted."""
    socket, connection_id = await asking.with_id()
    await asking.management().delete(connection_id)
    return await asking.ending(socket)


@question()
async def delete_after_post(asking: Asking) -> str:
    """Ask whether what was posted before a DELETE still arrives."""
    socket, connection_id = await asking.with_id()
    await asking.management().post(connection_id, b"last words")
    await asking.management().delete(connection_id)
    return await asking.anything(socket)


@question()
async def delete_twice(asking: Asking) -> str:
    _, connection_id = await asking.with_id()
    management = asking.management()
    await management.delete(connection_id)
    return words(await management.delete(connection_id), await management.get(connection_id))


@question()
async def other_method(asking: Asking) -> str:
    return str((await asking.management().ask("PUT", UNKNOWN)).status)


@question()
async def refusal_body(asking: Asking) -> str:
    """Ask for the keys of a refusal's body."""
    return " ".join(sorted((await asking.management().post(UNKNOWN)).json())) or "none"


def form(answers: tuple[Answer, Answer | None]) -> str:
    first, second = answers
    length = "" if first.status == 204 else f", {first.length}"  # which never has a body
    return f"{first.status}{length}, {'used again' if second else 'closed'}"


@question()
async def answers_reusable(asking: Asking) -> str:
    """Ask how the end of a post's answer is told, and whether the next one can go over the same connection."""
    _, connection_id = await asking.with_id()
    return form(await asking.management().twice("POST", connection_id, b"hello"))


@question()
async def refusals_reusable(asking: Asking) -> str:
    return form(await asking.management().twice("POST", UNKNOWN, b"hello"))


@question()
async def deletes_reusable(asking: Asking) -> str:
    _, connection_id = await asking.with_id()
    return form(await asking.management().twice("DELETE", connection_id))
