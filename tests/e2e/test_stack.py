"""`make stack-test`: the real Terraform, its real provider, the packaged zips and the uploaded page, on MiniStack.

The tests are in the order of a stack's life: it is applied once, used, changed, closed by the breaker, opened again,
and destroyed by the last one that uses it. What MiniStack does in another way than AWS is listed here, each with its
reason, and each is shown to be MiniStack's own; a difference that is not listed fails, and so does one that is gone.
"""

import asyncio
import json
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import urllib3
from playwright.async_api import expect

from anonchat_client import PlainClient, RawClient
from local.chat import LocalChat, LocalOptions
from local.gateway import GatewayOptions, Throttle
from scripts import ROOT
from scripts.deploy import smoke, verify
from scripts.deploy.stack import COPIED, Stack, TerraformUnavailable, copy_tree
from scripts.deploy.verify_browser import find_browser
from tests.support import peers
from tests.support.account import UNUSED, aws, call, inventory, throttles_of
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.page_actions import (
    enter,
    expect_texts,
    messages,
    new_link,
    say,
)
from tests.support.plans import attributes, changes
from tests.support.terraform import RARELY, alarm_names, provider_of
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


EVERYTHING = {"alert_email": "me@example.org", "dashboard": True}  # what is not there unasked

# --- what MiniStack 1.5.33 does in another way ---------------------------------------------------------------

ALARMS = [
    f'module.guardrails.aws_cloudwatch_metric_alarm.{kind}["{name}"]'
    for kind in ("spending", "trouble")
    for name in alarm_names(kind)
]
PING = 'module.websocket_api.aws_apigatewayv2_integration.this["ping"]'

# Terraform's name of what MiniStack keeps but leaves out of its XML answer to DescribeAlarms, which is what the
# provider reads (boto3 reads JSON), and AWS's name of it.
UNTOLD = {
    "actions_enabled": "ActionsEnabled",
    "alarm_actions": "AlarmActions",
    "alarm_description": "AlarmDescription",
    "dimensions": "Dimensions",
    "period": "Period",
    "statistic": "Statistic",
    "treat_missing_data": "TreatMissingData",
}
KNOWN = {
    **{
        (alarm, attribute): f"MiniStack keeps an alarm's {name} and leaves it out of its XML"
        for alarm in ALARMS
        for attribute, name in UNTOLD.items()
        if attribute != "dimensions" or ".spending[" in alarm  # the others have none
    },
    (PING, "integration_method"): "MiniStack gives every integration a method, POST, where a mock has none",
    (PING, "template_selection_expression"): "MiniStack does not keep an integration's template selection",
}

# What one client says in vain: MiniStack takes the name of a route for one that a frame may choose.
UNANSWERED = '{"action": "$connect"}'

# --- the stack -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def started() -> Iterator[Stack]:
    """Run MiniStack and initialise Terraform; nothing is applied."""
    with ExitStack() as ends:
        patch = ends.enter_context(pytest.MonkeyPatch.context())
        for name, value in RARELY.items():
            patch.setenv(name, value)
        try:
            stack = ends.enter_context(Stack(variables=EVERYTHING))
        except TerraformUnavailable as missing:
            pytest.skip(str(missing))
        for name, value in ends.enter_context(provider_of(stack.folder / "terraform", stack.environment)).items():
            patch.setenv(name, value)
        yield stack


@pytest.fixture(scope="module")
def pristine(started: Stack) -> dict[str, list[str]]:
    return inventory(started)


@pytest.fixture(scope="module")
def stack(started: Stack, pristine: dict[str, list[str]]) -> Stack:
    """Apply, once for all tests."""
    started.package()
    started.apply()
    return started


@pytest.fixture
def outputs(stack: Stack) -> dict[str, Any]:
    """Return what they are now: some tests change the stack."""
    return stack.outputs


@pytest.fixture(scope="module")
def url(stack: Stack) -> str:
    return str(stack.outputs["websocket_url"])


def ours(plan: dict[str, Any]) -> dict[str, list[str]]:
    """Return what a plan would do beyond repairing what MiniStack does not tell: address → actions."""
    return {
        address: change["actions"]
        for address, change in changes(plan).items()
        if change["actions"] != ["update"] or not {(address, name) for name in attributes(change)} <= KNOWN.keys()
    }


# --- what is applied -----------------------------------------------------------------------------------------


def test_the_root_module_is_applied_as_it_is(started: Stack) -> None:
    def sources(root: Path) -> dict[str, bytes]:
        files = [path for path in root.glob("terraform/**/*.tf") if not {".terraform", "bootstrap"} & set(path.parts)]
        return {str(path.relative_to(root)): path.read_bytes() for path in files if path.name != "backend.tf"}

    assert sources(started.folder) == sources(ROOT)
    assert [path.name for path in started.folder.glob("terraform/*.tfvars*")] == ["stack.auto.tfvars.json"]


def test_what_an_owner_keeps_beside_the_root_module_stays_there(tmp_path: Path) -> None:
    for folder in COPIED:
        (tmp_path / "of" / folder).mkdir(parents=True)
    owners = ["backend.tf", "terraform.tfstate", "terraform.tfstate.backup", "account.auto.tfvars.json", "my.tfvars"]
    for name in ("main.tf", *owners, ".terraform/terraform.tfstate", "mine_override.tf"):
        path = tmp_path / "of/terraform" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    copy_tree(tmp_path / "of", tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy/terraform").iterdir()] == ["main.tf"]


# --- it is a chat --------------------------------------------------------------------------------------------


async def test_make_verify_finds_the_deployed_chat_well(
    stack: Stack, outputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(smoke.NONSENSE, UNANSWERED)
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    found = {each.name: each for each in await verify.run(outputs["site_url"], outputs)}
    names = ("smoke", "page", "headers", "policy", "browser", "stage", "breaker", "alarms", "mail", "budget", "price")
    wanted = dict.fromkeys(names, "ok") | {"browser": "ok" if find_browser() else "look"}
    assert {name: each.verdict for name, each in found.items()} == wanted, capsys.readouterr().out
    assert found["smoke"].detail.startswith("8 checks with three people passed")


async def test_what_the_smoke_test_leaves_out_is_the_emulators_fault(stack: Stack, url: str) -> None:
    """On AWS such a frame goes to $default; here it reaches the function of $connect, which finds it no CONNECT."""
    async with RawClient(url) as client:
        await client.send_text(UNANSWERED)
        await client.send_text("hello?")
        first = await client.receive()
    assert first["code"] == "bad_request", f"MiniStack answers {UNANSWERED} now: take it off the list"


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="module")
async def test_two_people_talk_in_the_uploaded_page(outputs: dict[str, Any], new_page: NewPage) -> None:
    link = new_link()
    phone, desktop = await new_page(PHONE), await new_page(DESKTOP)
    loaded: list[str] = []
    desktop.on("request", lambda request: loaded.append(request.url))
    await enter(phone, outputs["site_url"], link, "Ada")
    await enter(desktop, outputs["site_url"], link, "Björn")
    await say(phone, "Hello from the phone 👋")
    await expect_texts(desktop, ["Hello from the phone 👋"])
    await say(desktop, "Hello to you")
    for page in (phone, desktop):
        await expect_texts(page, ["Hello from the phone 👋", "Hello to you"])
        await expect(messages(page).and_(page.locator("[data-state=sent]"))).to_have_count(2)
    site = outputs["site_url"].removesuffix("index.html")
    assert all(each.startswith((site, "data:")) for each in loaded), loaded
    assert any(re.match(rf"{re.escape(site)}v/[0-9a-f]{{16}}/main\.js$", each) for each in loaded), loaded


def test_the_page_is_cached_as_it_should_be(outputs: dict[str, Any]) -> None:
    site = outputs["site_url"].removesuffix("index.html")
    with urllib3.PoolManager() as pool:
        index = pool.request("GET", f"{site}index.html")
        (script,) = re.findall(r'src="(v/[0-9a-f]{16}/main\.js)"', index.data.decode())
        asset = pool.request("GET", site + script)
        config = pool.request("GET", site + script.replace("main.js", "config.js"))
    assert (index.headers["Cache-Control"], config.headers["Cache-Control"]) == ("no-store", "no-store")
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert [each.headers["Content-Type"].split(";")[0] for each in (index, asset, config)] == [
        "text/html",
        "text/javascript",
        "text/javascript",
    ]
    assert f"connect-src 'self' {outputs['websocket_url']};" in index.data.decode()


async def test_a_page_from_elsewhere_is_not_let_in(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url, headers={"Origin": "https://elsewhere.example"})


# --- a second plan -------------------------------------------------------------------------------------------


def test_a_second_plan_is_empty_but_for_what_the_emulator_does_not_tell(stack: Stack) -> None:
    plan = stack.plan()
    found = changes(plan)
    assert ours(plan) == {}
    differences = {(address, name) for address, change in found.items() for name in attributes(change)}
    assert sorted(differences - KNOWN.keys()) == [], "differences that nobody has explained"
    assert sorted(KNOWN.keys() - differences) == [], "MiniStack tells these now: take them off the list"
    assert {output["actions"][0] for output in plan["output_changes"].values()} == {"no-op"}

    # The emulator has each alarm just as the plan wants to make it.
    with aws(stack, "cloudwatch") as cloudwatch:
        kept = {alarm["AlarmName"]: alarm for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    for address in ALARMS:
        wanted = found[address]["after"]
        for attribute, name in UNTOLD.items():
            value = kept[wanted["alarm_name"]][name]
            if name == "Dimensions":
                value = {each["Name"]: each["Value"] for each in value}
            assert value == (wanted[attribute] or {}), (address, attribute)


def test_the_emulators_xml_leaves_out_what_it_was_told_about_an_alarm(stack: Stack) -> None:
    """The provider's protocol, without the provider."""
    request = {"Action": "DescribeAlarms", "Version": "2010-08-01", "AlarmNames.member.1": "anonchat-prod-messages-day"}
    signed_for = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request, SignedHeaders=host, "
    with urllib3.PoolManager() as pool:
        headers = {"Authorization": signed_for + "Signature=0"}
        answer = pool.request_encode_body(
            "POST", stack.endpoint, fields=request, headers=headers, encode_multipart=False
        ).data.decode()
    assert "<AlarmName>anonchat-prod-messages-day</AlarmName>" in answer
    assert [name for name in UNTOLD.values() if f"<{name}>" in answer] == []


def test_the_emulator_forgets_how_a_mock_was_made(stack: Stack) -> None:
    """The same integration without Terraform, on an API of its own."""
    with aws(stack, "apigatewayv2") as gateway:
        api = gateway.create_api(
            Name="scratch", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
        )["ApiId"]
        try:
            made = gateway.create_integration(
                ApiId=api, IntegrationType="MOCK", TemplateSelectionExpression="200", RequestTemplates={"200": "{}"}
            )["IntegrationId"]
            told = gateway.get_integration(ApiId=api, IntegrationId=made)
        finally:
            gateway.delete_api(ApiId=api)
    assert told["IntegrationMethod"] == "POST"
    assert "TemplateSelectionExpression" not in told


# --- it can be changed ---------------------------------------------------------------------------------------


@pytest.mark.long
async def test_a_handler_and_the_layer_change_together(stack: Stack, url: str) -> None:
    """What one takes from the other gets a new name in both: a handler with the other's version could only fail."""
    for path in ("lambdas/default.py", "shared/python/anonchat/protocol.py"):
        text = (stack.folder / path).read_text().replace("UNKNOWN_ACTION", "NO_SUCH_ACTION")
        (stack.folder / path).write_text(text.replace("Please use", "New: use"))
    old = await answer_to(url, "dance")

    stack.package()
    planned = ours(await asyncio.to_thread(stack.plan))
    assert planned.pop("aws_lambda_layer_version.shared") == ["create", "delete"]
    assert {address.rpartition(".aws_")[2] for address in planned} == {"lambda_function.this", "lambda_alias.this"}
    assert {tuple(actions) for actions in planned.values()} == {("update",)}
    applying = asyncio.create_task(asyncio.to_thread(apply_planned, stack))
    heard = {old}
    while not applying.done():
        heard.add(await answer_to(url, "dance"))
    await applying

    new = await answer_to(url, "dance")
    assert new == old.replace("Please use", "New: use")
    assert heard <= {old, new}


HELLO = '''"""hello: greets whoever asks."""

import json

from anonchat.connections import Connections
from anonchat.route import OK, connection_of

CONNECTIONS = Connections.from_environment()


def handler(event, context):
    CONNECTIONS.post([(connection_of(event), json.dumps({"type": "hello", "message": "Hello!"}).encode())])
    return OK
'''


@pytest.mark.long  # test_static.py plans the same
async def test_a_route_is_one_file_and_one_row(stack: Stack, url: str) -> None:
    (stack.folder / "lambdas/hello.py").write_text(HELLO)
    rows = stack.folder / "lambdas/routes.json"
    row = {"hello": {"function": "hello", "table": [], "connections": ["POST"], "throttle": {"rate": 1, "burst": 2}}}
    rows.write_text(json.dumps(json.loads(rows.read_text()) | row))
    sums = stack.folder / "terraform/variables.tf"  # of all routes' throttles
    text = sums.read_text().replace("(number, 100)", "(number, 101)").replace("(number, 200)", "(number, 202)")
    sums.write_text(text)

    # `make dev` has it
    async with LocalChat(LocalOptions(lambdas=stack.folder / "lambdas", layer=stack.folder / "shared/python")) as chat:
        assert await answer_to(chat.url, "hello") == "Hello!"

    # the package has it
    stack.package()
    assert (stack.folder / "build/hello.zip").exists()

    # the plan has it, and touches nothing else but the stage's throttles, the dashboard's list of functions, and the
    # answer of $default, which names all actions
    planned = ours(await asyncio.to_thread(stack.plan))
    made = sorted(address for address, actions in planned.items() if actions == ["create"])
    assert made == [
        'module.function["hello"].aws_cloudwatch_log_group.this',
        'module.function["hello"].aws_iam_role.this',
        'module.function["hello"].aws_iam_role_policy.this',
        'module.function["hello"].aws_lambda_alias.this',
        'module.function["hello"].aws_lambda_function.this',
        'module.guardrails.aws_cloudwatch_log_metric_filter.errors["hello"]',
        'module.websocket_api.aws_apigatewayv2_integration.this["hello"]',
        'module.websocket_api.aws_apigatewayv2_route.this["hello"]',
        'module.websocket_api.aws_lambda_permission.this["hello"]',
    ]
    assert planned.keys() - set(made) == {
        "module.guardrails.aws_cloudwatch_dashboard.this[0]",
        'module.function["default"].aws_lambda_alias.this',
        "module.websocket_api.aws_apigatewayv2_stage.this",
        'module.function["default"].aws_lambda_function.this',
    }

    # and so has the chat
    await asyncio.to_thread(apply_planned, stack)
    assert await answer_to(url, "hello") == "Hello!"


def apply_planned(stack: Stack) -> None:
    """Do what the last `stack.plan()` said, without planning it again."""
    stack.terraform("apply", "-input=false", "planned")


async def answer_to(url: str, action: str) -> str:
    async with RawClient(url) as client:
        await client.send_json({"action": action})
        return str((await client.receive())["message"])


# --- it is guarded -------------------------------------------------------------------------------------------


async def test_a_flood_closes_the_stage_clients_are_told_and_resume_opens_it_again(stack: Stack) -> None:
    outputs = stack.outputs  # with the route that a test before has added
    throttles = outputs["throttles"]
    opened = {key: Throttle(**each) for key, each in {"": throttles["default"], **throttles["routes"]}.items()}
    assert throttles_of(stack, outputs) == opened

    # More messages are counted than an hour may have: metric, alarm, topic and breaker are the deployed ones.
    with aws(stack, "cloudwatch") as cloudwatch:
        dimensions = [{"Name": "ApiId", "Value": outputs["api_id"]}, {"Name": "Stage", "Value": outputs["stage_name"]}]
        flood = {"MetricName": "MessageCount", "Dimensions": dimensions, "Value": 204_001.0, "Unit": "Count"}
        cloudwatch.put_metric_data(Namespace="AWS/ApiGateway", MetricData=[flood])
    await eventually(lambda: throttles_of(stack, outputs) == dict.fromkeys(opened, Throttle(0, 0)))

    # MiniStack does not throttle. Our own gateway does: this is what a stage with these settings tells its clients.
    closed = throttles_of(stack, outputs)
    async with LocalChat(LocalOptions(gateway=GatewayOptions(route_throttles=closed))) as chat:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await shake_hands(chat.url)
        assert refused.value.status == 429
    async with LocalChat(
        LocalOptions(gateway=GatewayOptions(route_throttles=closed | {"$connect": Throttle(1, 1)}))
    ) as chat:
        assert await answer_to(chat.url, "dance") == "Too Many Requests"

    again = resumed(stack)
    rate, burst = (sum(each[name] for each in throttles["routes"].values()) for name in ("rate", "burst"))
    assert f"The stage prod is open again: {rate:g} frames a second, {burst} at once." in again
    assert "anonchat-prod-messages-hour is still on. If it is so when the chat has been open for 60 minutes" in again
    assert throttles_of(stack, outputs) == opened
    assert "is open already" in resumed(stack)


async def test_the_breaker_says_what_it_would_do_and_the_schedule_lets_a_resumed_chat_be(stack: Stack) -> None:
    outputs = stack.outputs
    before = throttles_of(stack, outputs)
    message = json.dumps({"AlarmName": "anonchat-prod-messages-hour", "NewStateValue": "ALARM"})
    alarm = {"Records": [{"Sns": {"Message": message}}], "dryRun": True}
    routes = sorted(stack.outputs["throttles"]["routes"])
    told = {"closed": True, "alarms": ["anonchat-prod-messages-hour"], "routes": routes}
    assert call(stack, outputs["breaker_name"], alarm) == told
    with aws(stack, "events") as events:
        rule = events.describe_rule(Name=outputs["breaker_name"])
        [target] = events.list_targets_by_rule(Rule=outputs["breaker_name"])["Targets"]
    assert (rule["State"], rule["ScheduleExpression"]) == ("ENABLED", "rate(5 minutes)")
    assert outputs["breaker_name"] in target["Arn"]
    # The hour's alarm is still on, by the flood before.
    nothing = {"closed": False, "alarms": [], "routes": []}
    assert call(stack, target["Arn"], {"detail-type": "Scheduled Event"}) == nothing
    assert throttles_of(stack, outputs) == before


async def shake_hands(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(url):
        pass


def resumed(stack: Stack) -> str:
    """Return what `make resume` says, where this stack was deployed from."""
    command = [sys.executable, "-m", "scripts.deploy.resume"]
    done = subprocess.run(command, cwd=stack.folder, env=stack.environment, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


# --- others can talk to it -----------------------------------------------------------------------------------


async def test_a_peers_client_chats(url: str) -> None:
    room, text = f"peer-{secrets.token_hex(4)}", "Hello from a peer's client"
    frames = [
        {"action": "join", "room": room, "alias": "Cat"},
        {"action": "send", "room": room, "text": text, "client": secrets.token_hex(8)},
    ]
    wscat = await peers.wscat()
    async with asyncio.timeout(60), PlainClient(url) as ada:
        await ada.join(room, "Ada")
        async with peers.wscat_heard(wscat, url, frames) if wscat else peers.aiohttp_heard(url, frames) as heard:
            await ada.until(lambda: text in ada.texts)
            await ada.send("Hello to a peer's client")
            told = [await heard() for _ in range(3)]
    assert [frame["type"] for frame in told] == ["joined", "message", "message"]
    assert [frame["text"] for frame in told[1:]] == [text, "Hello to a peer's client"]
    if not wscat:
        pytest.xfail(f"{peers.WSCAT} cannot be had here; aiohttp has chatted in its place")


# --- and it goes ---------------------------------------------------------------------------------------------


def test_destroy_leaves_nothing(stack: Stack, pristine: dict[str, list[str]]) -> None:
    there = inventory(stack)
    assert {kind for kind, names in there.items() if names == pristine[kind]} == UNUSED

    stack.destroy()

    assert inventory(stack) == pristine
    assert json.loads(stack.terraform("show", "-json")).get("values") is None
