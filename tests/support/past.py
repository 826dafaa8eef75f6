"""What was said before a test begins, put into the table: over a socket, 500 messages take half a minute."""

import time
from http import HTTPStatus

from anonchat.model import Message, Person
from anonchat.rows import message_item
from anonchat.rules import message_id
from anonchat_client import new_client
from local.chat import TABLE, LocalChat
from local.dynamodb.backends import Call
from tests.support.member import Member
from tests.support.page_actions import PLAINTEXTS

HOUR = 3600  # seconds, until the rows expire


async def has_said(chat: LocalChat, somebody: Member, texts: list[str]) -> list[str]:
    """Write these messages of somebody's as `send` does, one for each millisecond until now. Return them."""
    PLAINTEXTS.update(texts)
    now, author = time.time_ns() // 1_000_000, Person(somebody.id, somebody.sealed_alias)

    def row(at: int, text: str) -> Message:
        client = new_client()
        sealed = somebody.room.seal_message(somebody.signer, client, somebody.alias, text)
        return Message(somebody.room.id, message_id(at, "past"), client, author, sealed)

    messages = [row(now - len(texts) + number, text) for number, text in enumerate(texts)]

    def put(call: Call) -> set[int]:
        items = (message_item(message, now // 1000 + HOUR) for message in messages)
        return {call("PutItem", {"TableName": TABLE, "Item": item})[0] for item in items}

    assert await chat.table.backend.run(put) == {HTTPStatus.OK}
    return texts
