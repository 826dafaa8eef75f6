"""Writes docs/local-gateway.md from the gateway's tests: each row is a test, under the tag that says how we know it.

`python -m scripts.docs.gateway_page`; tests/test_repository.py fails when the page is stale.
"""

from scripts import ROOT
from scripts.docs.marked_tests import marked_tests
from scripts.fidelity.table import questions_of

TARGET = ROOT / "docs" / "local-gateway.md"

HEAD = """# The local gateway

`local/gateway/` runs this project's handlers, or anybody's, as API Gateway's WebSocket APIs would: the same events, the
same refusals, the same limits. Free emulators exist by now; they are right while all goes well. A chat is made of what
goes wrong (a peer that is gone, a handler that raises, a frame that is too long, a slow reader), and there they differ
from AWS, which is why this one exists. `make dev` uses it, and so does every test with a socket.

```python
from local.gateway import Gateway

async with Gateway({"$connect": connect, "$default": default}) as gateway:
    ...  # clients connect to gateway.url; handlers post to gateway.endpoint
```

[Its README](../local/gateway/README.md) shows how to run a folder of handlers with one command.

Each line below is a test of that name in `tests/local/gateway/`. Nothing here has been run on AWS by us. Where a line
ends in a name, [docs/fidelity.md](fidelity.md) asks the same under that name over the wire, of this gateway, of other
emulators, and by `make fidelity-aws` of AWS: that is where it is seen whether what is assumed is so.
"""

TAGS = {
    "documented": "Documented by AWS",
    "observed": "Observed on AWS by somebody who published it",
    "assumed": "Assumed",
}


def rows() -> dict[str, list[str]]:
    """Return the sentences by tag, in the order of the test files, each with the questions that ask the same."""
    found: dict[str, list[str]] = {tag: [] for tag in TAGS}
    for test in marked_tests("tests/local/gateway/test_*.py"):
        for tag in test.markers.keys() & TAGS.keys():
            asked = ", ".join(f"`{row.id}`" for row in questions_of(test.name))
            found[tag].append(f"{test.sentence}: {asked}" if asked else test.sentence)
    return found


def page() -> str:
    parts = [HEAD]
    for tag, sentences in rows().items():
        parts.append(f"\n## {TAGS[tag]}\n\n" + "".join(f"- {each}\n" for each in sentences))
    return "".join(parts)


if __name__ == "__main__":
    TARGET.write_text(page())
    print(f"wrote {TARGET.relative_to(ROOT)}")
