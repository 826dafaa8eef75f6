"""Writes docs/fidelity.md: the expectations beside what each target has answered, as it is.

`python -m scripts.fidelity.report`; tests/fidelity fails when the page is stale.
"""

from __future__ import annotations

from scripts import ROOT
from scripts.docs.marked_tests import marked_tests
from scripts.fidelity.table import CANNOT, Measured, Row, differences, measured, not_asked, rows

TARGET = ROOT / "docs" / "fidelity.md"
COLUMNS = ("local gateway", "MiniStack", "serverless-offline", "AWS")
MANY_WORDS = 10  # from here on an answer is a list of names, of which only what differs is shown

HEAD = """# Fidelity

How near emulators of API Gateway's WebSocket APIs come to AWS, measured. The same questions go over the same wire to
each: six small functions stand behind three APIs with five stages, and what clients, handlers and `@connections` see of
them is compared with what is known of AWS. `scripts/fidelity/` holds all of it.

- `make fidelity` asks the [local gateway](local-gateway.md); MiniStack, with the probes applied by Terraform; and
  serverless-offline, if there are Node and npm. Then it writes this page. It takes about 10 minutes.
- `make fidelity SLOW=25` also asks what takes up to 25 minutes: idle connections. `SLOW=125` adds the end of a
  connection after two hours.
- `make fidelity-aws` asks your AWS account. It names the account first, and makes nothing before you agree; it applies
  the probes, which costs less than 5 cents, asks, and destroys them, also after Ctrl-C or a failure. Who runs it may
  make APIs, functions, a role, a table and log groups, and has `execute-api:ManageConnections`.
- `.venv/bin/python -m scripts.fidelity local --only idle binary` asks some questions and publishes nothing.

"""

KNOWN = """
How a row is known: **documented** by AWS, **observed** on AWS by somebody who published it, or **assumed**. Nothing
here has been run on AWS by us yet: the column AWS is empty until somebody runs `make fidelity-aws`. What it refutes is
one line in `scripts/fidelity/expected.json`. The local gateway must agree with every line, which `make test` checks, so
it has to follow; the tests of the gateway that say the same are named in that line.

Where both answers are possible, the gateway can be told either: `posts_count` of its `GatewayOptions` is the answer to
`posts-throttled`, and the chat is tried under both.

In the columns, ✓ is the answer that is expected, and anything else is what was answered instead.
"""

NOTES = """
## What to know of the columns

- **All**: an integration may take 4 seconds here in place of AWS's 29, so that nobody has to wait for them.
- **Local gateway**: the probes run in threads, and its clock is pushed for what takes minutes. Nothing changes its
  stage's throttle while it runs, so two rows cannot be asked.
- **MiniStack**: applied with the AWS provider from `scripts/fidelity/terraform/`, the same that goes to AWS. Its own
  choices explain most of what differs: it has no limits of size, time or rate and checks no signatures; a message waits
  for the one before it; what a function returns or raises goes to the client; where there is no route it takes
  `$default` or says nothing; every refused handshake is a 403; ids, headers and close codes are its web server's.
- **serverless-offline** 13.9.0 is the last version that runs without an account of Serverless, Inc. The probes are a
  twin in JavaScript, `scripts/fidelity/node/probes.cjs`: its runner for Python never answers when a handler raises. It
  has no mocks and no throttles, so routes that are mocks are left out, and the stages for throttles are the open one. A
  handshake needs a `$connect` function there, so what is asked where there is none ends with a 502.
  "Its process ends" says that the whole emulator stopped at that question; it was started again for the next.
"""


def page() -> str:
    """Return the page."""
    found = [measured(column) for column in COLUMNS]
    sections = dict.fromkeys(row.section for row in rows())
    tables = [f"\n## {section}\n\n{_table(section, found)}" for section in sections]
    return "".join([HEAD, _summary(found), KNOWN, *tables, NOTES, _own_tests()])


def _summary(found: list[Measured | None]) -> str:
    lines = ["| target | version | asked | as expected | otherwise |", "|---|---|---|---|---|"]
    for column, each in zip(COLUMNS, found, strict=True):
        if each is None:
            lines.append(f"| {column} | | not yet | | |")
            continue
        other = len(differences(each.answers))
        same = sum(each.answers.get(row.id) == row.expected for row in rows())
        lines.append(f"| {column} | {each.version} | {each.asked} | {same} of {len(rows())} | {other} |")
    return "\n".join(lines) + "\n"


def _table(section: str, found: list[Measured | None]) -> str:
    lines = [f"| | question | known | expected | {' | '.join(COLUMNS)} |", "|---|---|---|---|" + "---|" * len(COLUMNS)]
    for row in rows():
        if row.section == section:
            cells = [f"`{row.id}`", row.asks, row.evidence, code(row.expected)]
            lines.append(f"| {' | '.join([*cells, *[_cell(row, each) for each in found]])} |")
    return "\n".join(lines) + "\n"


def _cell(row: Row, found: Measured | None) -> str:
    answer = found.answers.get(row.id) if found else None
    if answer is None:
        return ""
    if answer == row.expected:
        return "✓"
    return answer if answer == CANNOT else difference(row.expected, answer)


def difference(expected: str, answer: str) -> str:
    """Return an answer, or of a long list of names those that are missing and those that are more."""
    few, many = expected.split(), answer.split()
    if min(len(few), len(many)) < MANY_WORDS or "," in expected:
        return code(answer)
    missing, more = [name for name in few if name not in many], [name for name in many if name not in few]
    parts = [f"{word} {code(' '.join(names))}" for word, names in (("without", missing), ("with", more)) if names]
    return ", ".join(parts)


def code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _own_tests() -> str:
    """Return the gateway's tests that no question repeats, by reason."""
    sentences = {test.name: test.sentence for test in marked_tests("tests/local/gateway/test_*.py")}
    lines = ["\n## What only the local gateway's own tests ask\n"]
    reasons = not_asked()
    for reason in dict.fromkeys(reasons.values()):
        lines.append(f"\n{reason}:\n")
        lines += [f"- {sentences.get(test, test)}" for test, why in reasons.items() if why == reason]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(page())
    print(f"wrote {TARGET.relative_to(ROOT)}")
