"""docs/costs.md and README say what a flood can cost: the sums of the route map's throttles, by the list prices."""

import json
import math
import re

import pytest

from anonchat import limits
from anonchat.settings import Settings
from local.deployed import deployed
from scripts import ROOT
from scripts.costs.bill import PRICES as ALL_PRICES
from scripts.costs.bill import gross
from scripts.costs.month import MEMORY_GB
from scripts.costs.sizes import LIGHT, SIZES, played
from scripts.docs import costs_page, costs_pictures, floods_table

LIST = json.loads((ROOT / "local/billing/prices.json").read_text())
ROUTES = json.loads((ROOT / "lambdas/routes.json").read_text())
PRICES = LIST["prices"]
COSTS = (ROOT / "docs/costs.md").read_text()
README = " ".join((ROOT / "README.md").read_text().split())
MEMBERS = Settings().room_cap
TOLD = limits.NAMED_PRESENCE_MEMBERS - 1  # others who hear of each who comes and goes
FRAMES = {  # that come of one request
    "send": 1 + MEMBERS,
    "join": 2 + 2 * TOLD,
    "leave": 2 + TOLD,
    "$connect": TOLD,
    "$default": 2,
    "ping": 1,
}
RATES = {key: row["throttle"]["rate"] for key, row in ROUTES.items() if row["throttle"]}
HOUR = 3600


def dollars(what: str, count: float) -> float:
    return float(count * PRICES[what]["dollars"] / PRICES[what]["per"])


def text() -> str:
    return " ".join(COSTS.split())


def a_second() -> int:
    return sum(RATES[key] * FRAMES[key] for key in RATES)


def test_the_table_of_throttles_has_every_route_and_its_frames() -> None:
    rows = {
        key: (int(rate), int(frames.replace(",", "")))
        for key, rate, frames in re.findall(r"^\| `([$\w]+)` \| (\d+) \|.*\| ([\d,]+) \|$", COSTS, re.MULTILINE)
    }
    assert rows == {key: (rate, rate * FRAMES[key]) for key, rate in RATES.items()}
    assert f"| together | {sum(RATES.values())} | | {a_second():,} |" in COSTS


def test_the_worst_hour_is_what_the_throttles_let_through() -> None:
    frames = a_second() * HOUR
    assert f"{frames / 1e6:.1f} million frames, ${dollars('messages', frames):.2f}" in text()
    [paragraph] = re.findall(r"\*\*The worst hour\*\*.*?Together", text())
    parts = [float(part) for part in re.findall(r"\$([\d.]+\d)", paragraph)]
    assert f"Together **${sum(parts):.0f} an hour**" in text()
    assert f"at the worst, ${sum(parts):.0f} an hour for about five minutes" in README
    assert f"**about 5 minutes and ${sum(parts) / 12:.0f}**" in text()


def test_readme_says_what_all_routes_take_together() -> None:
    assert f"the API takes {sum(RATES.values())} frames a second" in README


def test_the_limits_are_those_of_a_full_room() -> None:
    hour = MEMBERS * (MEMBERS + 1) * 80
    assert f"is {hour:,}" in text()
    assert (
        f"the alarm on {hour // 4:,} messages in 5 minutes is passed within {hour / 4 / a_second():.0f} seconds"
        in text()
    )
    assert f"{hour * 2.5:,.0f} frames (${dollars('messages', hour * 2.5):.2f})" in text()
    assert f"with 100 members {100 * 101 * 80:,} messages an hour, ${dollars('messages', 100 * 101 * 80):.2f}" in text()
    variables = (ROOT / "terraform/variables.tf").read_text()
    assert f"{hour} messages an hour and {hour * 5 // 2} a day" in variables


def test_an_hour_of_new_sockets_has_its_price() -> None:
    sockets = RATES["$connect"] * HOUR
    held = dollars("connectionMinutes", sockets * 120)
    opened = dollars("invocations", sockets * 2) + dollars("writeUnits", sockets * 2)
    assert (
        f"An hour of them is {sockets:,}: ${opened:.2f} for calls and rows, and ${held:.2f} if all are held" in text()
    )
    assert f"5 minutes of them are {sockets // 12:,} sockets, ${(held + opened) / 12:.2f}" in text().replace(
        "about ", ""
    )


@pytest.mark.parametrize("count", [5500, 500])
def test_a_flood_on_the_page_has_its_price(count: int) -> None:
    """S3's reads at $0.0004 a thousand, and 6.5 KB each on its way out at $0.09 a GB."""
    reads = count * 86400 * 0.0004 / 1000
    out = count * 86400 * 6.5e-6 * 0.09
    said = {5500: "$466 a day", 500: "500 a second are $42"}[count]
    assert said in text()
    assert reads + out == pytest.approx(float(re.findall(r"\$(\d+)", said)[0]), rel=0.02)


def test_the_table_of_floods_is_the_one_that_its_script_writes() -> None:
    assert floods_table.table() in COSTS, "python -m scripts.docs.floods_table"


def test_the_floods_are_reckoned_with_what_is_deployed() -> None:
    settings, function = Settings(), deployed().function
    assert (settings.room_cap, settings.per_minute) == (floods_table.ROOM, floods_table.PER_MINUTE)
    assert floods_table.PAGES == limits.PAGES_PER_MINUTE
    assert (floods_table.RUNS, function.memory_mb) == (function.concurrency, 1024)
    assert (limits.ECHO_SECONDS, limits.POST_TIMEOUT_SECONDS) == (floods_table.HANGING, floods_table.UNREAD)
    answering = [row for row in ROUTES.values() if row.get("throttle") and "POST" in row.get("connections", ())]
    assert len(answering) == floods_table.ANSWERING
    variables = (ROOT / "terraform/variables.tf").read_text()
    messages, connects = floods_table.ALARMS["messages"], floods_table.ALARMS["connects"]
    assert f"{messages[3600]:.0f} messages an hour and {messages[86400]:.0f} a day" in variables
    assert f"{connects[3600]:.0f} connects an hour and {connects[86400]:.0f} a day" in variables
    assert f"and {floods_table.ALARMS['seconds'][3600]:.0f} seconds an hour in which functions run" in variables


def test_what_one_member_can_cost_before_the_chat_is_closed_is_a_dollar_but_for_pages_in_a_day() -> None:
    """The first flood of the table and pages of the history are the dearest that one honest-looking socket can be."""
    alone = [each for each in floods_table.floods() if each.bound.endswith("for each connection")]
    assert len(alone) == 4
    most = {each.piece: each.dollars * min(each.closed_after, 86400) for each in alone}
    assert f"pages of the longest history for a whole day costs ${most.pop('page'):.2f}" in text()
    assert max(most.values()) < 1


def test_one_socket_alone_can_close_the_chat_within_minutes_and_the_page_says_so() -> None:
    """By frames: its messages reach a full room, all else is answered by one. And by time: it reads no answer."""
    told = Settings().per_minute / 60
    frames = told * FRAMES["send"] + (RATES["send"] - told) * 2
    frames += 2 * (RATES["join"] + RATES["leave"] + RATES["$default"]) + RATES["ping"]
    by_frames = floods_table.ALARMS["messages"][300] / frames + floods_table.LATE
    [unread] = [each for each in floods_table.floods() if each.what.endswith("reads no answer")]
    minutes = [math.ceil(seconds / 60) for seconds in (by_frames, unread.closed_after)]
    assert f"closes the chat within {minutes[0]} minutes, and within {minutes[1]} if it reads no answer" in text()


def test_who_stops_taking_a_throttles_whole_rate_keeps_others_out_for_seconds() -> None:
    refills = max(row["throttle"]["burst"] / row["throttle"]["rate"] for row in ROUTES.values() if row["throttle"])
    assert f"as long as it goes on and up to {refills:.0f} seconds longer" in text()


def test_what_a_patient_day_can_cost_is_the_sum_of_its_parts() -> None:
    day = floods_table.ALARMS["messages"][86400]
    busy = dollars("gbSeconds", 24 * floods_table.ALARMS["seconds"][3600])
    assert f"every hour (${busy:.2f})" in text()
    parts = [dollars("messages", day), dollars("writeUnits", day / 2 * 10), busy, 0.21, 0.30]
    assert f"**${round(sum(parts), 1):.2f} a day** at the worst" in text()


def test_what_follows_from_prices_and_counts_is_what_the_scripts_write_and_draw() -> None:
    assert costs_page.page(COSTS) == COSTS, "python -m scripts.docs.costs_page"
    for name, draw in costs_pictures.PICTURES.items():
        assert (ROOT / "docs" / name).read_text() == draw(), "python -m scripts.docs.costs_pictures"
        assert f"]({name})" in COSTS, "a picture that the page does not show"


def written_by_hand() -> set[str]:
    """Return the dollars of the page that no script writes."""
    text = COSTS
    for name in costs_page.PARTS:
        text = re.sub(rf"<!-- {name} -->.*?<!-- end of {name} -->", "", text, flags=re.DOTALL)
    return dollars_in(text.replace(floods_table.table(), ""))


def dollars_in(text: str) -> set[str]:
    return set(re.findall(r"\$[\d.,]*\d", text))


def figures() -> dict[str, float]:
    """Return what each of those is."""
    gigabytes, per = ALL_PRICES["dataOut"]["dollars"], floods_table.PIECES["message"]["writeUnits"]
    pieces = {"message": "send", "move": "join", "socket": "$connect"}
    table = sum(
        HOUR * RATES[route] * dollars(unit, floods_table.PIECES[piece][unit])
        for piece, route in pieces.items()
        for unit in ("writeUnits", "readUnits")
    ) + HOUR * RATES["leave"] * dollars("writeUnits", 3)  # fmt: skip
    functions = len({row["function"] for row in ROUTES.values() if "function" in row}) * floods_table.RUNS
    hour, day = (floods_table.ALARMS["messages"][seconds] for seconds in (HOUR, 24 * HOUR))
    sockets, held = floods_table.ALARMS["connects"], dollars("connectionMinutes", floods_table.HELD)
    busy = dollars("gbSeconds", 24 * floods_table.ALARMS["seconds"][HOUR] * MEMORY_GB)
    patient = [dollars("messages", day), dollars("writeUnits", day / 2 * per), 2.3 * gigabytes, busy, 10_000 * held]
    longer = [dollars("messages", 24 * hour), dollars("writeUnits", 12 * hour * per), 22 * gigabytes, busy]
    worst = [dollars("messages", a_second() * HOUR), 81 * gigabytes, table, 0.0]
    worst[3] = dollars("gbSeconds", functions * HOUR * MEMORY_GB) + dollars("invocations", sum(RATES.values()) * HOUR)
    sold = {
        "$0.66": 660_000,
        "$4.90": 24 * hour,
        "$0.81": 100 * 101 * 80,
        "$20": 500 * 501 * 80,
        "$80": 1000 * 1001 * 80,
    }
    opened = dollars("invocations", 54_000 * 2) + dollars("writeUnits", 54_000 * 2)
    reads = 5500 * 24 * HOUR * PRICES_OF_A_READ
    page = reads + 5500 * 24 * HOUR * floods_table.FILE_KB / 1e6 * gigabytes
    [unread] = [each for each in floods_table.floods() if each.what.endswith("reads no answer")]
    return {
        **{f"${amount:.2f}": amount for amount in (*worst, *patient)},
        **{name: dollars("messages", count) for name, count in sold.items()},
        **{name: each["dollars"] for name, each in guardrail_prices().items()},
        "$1.00": 10 * LIST["guardrails"]["alarms"]["dollars"],
        "$25": sum(worst), "$2": sum(worst) / 12, "$2.12": unread.dollars * HOUR, "$0.09": opened,
        "$1.62": 54_000 * held, "$0.14": (opened + 54_000 * held) / 12, "$3.80": sum(patient), "$1.60": 0.8 * 2,
        "$27": sum(longer) + 24 * sockets[HOUR] * held, "$190": reads, "$466": page, "$42": page / 11,
        "$0.015": 500 * held,
        "$0.001": dollars("messages", 2 * LIGHT.visits),
    }  # fmt: skip


PRICES_OF_A_READ = ALL_PRICES["siteReads"]["dollars"] / ALL_PRICES["siteReads"]["per"]


def guardrail_prices() -> dict[str, dict[str, float]]:
    """Return the prices of what guardrails take and what was left out, as the page writes them."""
    rows = {**LIST["guardrails"], "logs": LIST["beside"]["logs"]}
    written = {f"${row['dollars']:.2f}" if row["dollars"] < 1 else f"${row['dollars']:g}": row for row in rows.values()}
    return written | {"$33": {"dollars": LIST["beside"]["natMonths"]["dollars"]}}


def test_every_figure_in_prose_is_what_prices_and_counts_make_of_it() -> None:
    repeated = {figure: float(figure[1:].replace(",", "")) for figure in dollars_in(floods_table.table())}
    known = repeated | figures()
    assert written_by_hand() - known.keys() == set(), "where do these come from?"
    for figure in written_by_hand():
        digits = figure[1:].replace(",", "")
        rounded = 0.5 / 10 ** len(digits.partition(".")[2])
        assert known[figure] == pytest.approx(float(digits), rel=0.02, abs=rounded), figure


def test_what_is_always_free_is_the_same_in_words_and_in_numbers() -> None:
    for name, amount in LIST["freeEachMonth"].items():
        assert LIST["alwaysFree"][name].startswith(f"{amount:,} "), name


def test_readme_says_what_a_light_month_costs() -> None:
    cents = 100 * gross(played(SIZES["light"]).counts)
    assert f"about {round(cents, -1):.0f} cents a month for {LIGHT.users:.0f} people a day" in README
