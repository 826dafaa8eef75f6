"""What the chat on this machine runs under: the numbers of Terraform and of the route map, and what an owner chose."""

import json
import shutil
from pathlib import Path

import pytest

from anonchat_client import RawClient
from local.chat import LocalChat, LocalOptions
from local.deployed import TERRAFORM, CannotReadVariables, deployed, throttles
from local.functions.contract import FunctionLimits
from local.functions.route_map import function_names, read_routes
from local.functions.threads import ThreadFunction
from local.gateway import GatewayOptions, Throttle
from scripts import ROOT
from tests.support.raw_chat import join

ROUTES = read_routes(ROOT / "lambdas/routes.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of what is read of terraform/, for an owner's files."""
    return Path(
        shutil.copytree(TERRAFORM, tmp_path / "terraform", ignore=shutil.ignore_patterns(".terraform", "*.tfv*"))
    )


def test_a_route_takes_what_its_row_says_if_the_owner_chose_nothing() -> None:
    found = deployed().throttles(ROUTES)
    assert found == {key: Throttle(**row["throttle"]) for key, row in ROUTES.items() if row["throttle"]}
    assert "$disconnect" not in found


def test_the_owners_one_throttle_scales_every_routes_own(folder: Path) -> None:
    # As `make preflight` writes it for an account with 10 concurrent runs.
    (folder / "account.auto.tfvars.json").write_text(
        json.dumps({"reserved_concurrency": -1, "throttle": {"rate": 50, "burst": 50}})
    )
    chosen = deployed(folder, chosen=True)
    rows = {key: row["throttle"] for key, row in ROUTES.items() if row["throttle"]}
    assert chosen.throttles(ROUTES) == {
        key: Throttle(row["rate"] / 2, max(1, row["burst"] // 4)) for key, row in rows.items()
    }
    assert chosen.function.concurrency == FunctionLimits().concurrency, "nothing is reserved"
    assert deployed(folder) == deployed(), "tests do not look at what an owner chose"


def test_the_last_of_the_owners_files_wins(folder: Path) -> None:
    (folder / "terraform.tfvars").write_text(
        "room_cap = 20 # members\nhistory_seconds = 0\n"
        "throttle = {\n  rate = 10\n}\nlimits = { messages_per_day = 5 }\n"
    )
    (folder / "mine.auto.tfvars").write_text("room_cap             = 30\nreserved_concurrency = 4\nmemory = 512\n")
    chosen = deployed(folder, chosen=True)
    assert chosen.environ == {"ROOM_CAP": "30", "HISTORY_SECONDS": "0", "PER_MINUTE": "30"}
    assert chosen.function == FunctionLimits(concurrency=4, timeout=10, memory_mb=512)
    assert chosen.throttle == {"rate": 10}
    assert throttles({"a": ROUTES["ping"]}, {"rate": 10}) == {"a": Throttle(10, 5)}, "the burst is the route map's"


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("terraform.tfvars", 'room_cap = "many"', "room_cap is 'many', which is no number."),
        ("terraform.tfvars", "throttle = 5", "throttle is 5 where"),
        ("terraform.tfvars.json", "[1", "terraform.tfvars.json is no JSON object"),
        ("terraform.tfvars.json", "[1]", "terraform.tfvars.json is no JSON object"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(folder: Path, file: str, text: str, sentence: str) -> None:
    (folder / file).write_text(text)
    with pytest.raises(CannotReadVariables, match=sentence):
        deployed(folder, chosen=True)


async def test_the_local_chat_runs_under_these_numbers() -> None:
    numbers = deployed()
    async with LocalChat() as chat:
        assert limits(chat) == [numbers.function] * len(function_names(ROUTES))
        async with RawClient(chat.url) as client:
            told = (await join(client, "red", "Ada"))["limits"]
            assert [str(told[name]) for name in ("room", "historySeconds", "perMinute")] == [
                numbers.environ[name] for name in ("ROOM_CAP", "HISTORY_SECONDS", "PER_MINUTE")
            ]
            assert await refused_of(client, ROUTES["ping"]["throttle"]["burst"] + 5) > 0


async def test_what_a_test_asks_for_comes_before_them() -> None:
    gateway = GatewayOptions(route_throttles={"ping": Throttle(1000, 1000)})
    async with (
        LocalChat(LocalOptions(environ={"ROOM_CAP": "7"}, gateway=gateway)) as chat,
        RawClient(chat.url) as client,
    ):
        assert (await join(client, "red", "Ada"))["limits"]["room"] == 7
        assert await refused_of(client, 50) == 0


def limits(chat: LocalChat) -> list[FunctionLimits]:
    return [each.limits for each in chat.functions.current.values() if isinstance(each, ThreadFunction)]


async def refused_of(client: RawClient, pings: int) -> int:
    """Return how many of so many pings at once are answered that they are too many. Pings have no other answer."""
    for _ in range(pings):
        await client.send_json({"action": "ping"})
    await client.send_json({"action": "join"})
    refused = 0
    while "type" not in (frame := await client.receive()):
        assert frame["message"] == "Too Many Requests"
        refused += 1
    return refused
