"""The page as Terraform serves it: the code without comments and margins, read from the site module's own patterns."""

import json
import re

from scripts import ROOT

FRONTEND = ROOT / "frontend"
SITE = (ROOT / "terraform/modules/site/main.tf").read_text()

PREFIX = "v/0123456789abcdef"  # as long as the one Terraform makes of the files


def served(name: str) -> str:
    """Return a file as terraform/modules/site uploads it, with another PREFIX and address of the socket."""
    text = (FRONTEND / name).read_text()
    if name == "index.html":
        text = pattern("own_addresses").sub(rf'\1="{PREFIX}/\2"', text)
        return pattern("margin").sub("", pattern("remark").sub("", text))
    if name.endswith(".js") and not name.startswith("vendor/"):
        bare = pattern("margin").sub("", pattern("comment").sub("", text))
        return bare if name.startswith("languages/") else pattern("space").sub(r"\1\2\3", bare)
    return text


def pattern(name: str) -> re.Pattern[str]:
    [written] = re.findall(rf"^ +{name} += (\".*\")$", SITE, re.MULTILINE)
    return re.compile(json.loads(written).strip("/"))
