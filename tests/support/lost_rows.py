"""Rows that go while the socket that they are about stays."""

from typing import Any

from local.chat import TABLE, LocalChat


async def forget(chat: LocalChat, connection_id: str, *, connection: bool) -> None:
    """Delete the member's row of a connection, and its own, if that is wanted. Nothing tells the client."""
    _, answer = await chat.table.backend.run(lambda call: call("Scan", {"TableName": TABLE}))
    lost = {("sk", f"MEMBER#{connection_id}"), ("pk", f"CONNECTION#{connection_id}" if connection else "")}
    for row in answer["Items"]:
        if lost & {(name, row[name]["S"]) for name in ("pk", "sk")}:
            await _delete(chat, {name: row[name] for name in ("pk", "sk")})


async def _delete(chat: LocalChat, key: dict[str, Any]) -> None:
    await chat.table.backend.run(lambda call: call("DeleteItem", {"TableName": TABLE, "Key": key}))
