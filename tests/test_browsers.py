"""The page is written for the browsers that README names: what one of them lacks, it does not need."""

import re
from functools import cache

import pytest

from scripts import ROOT
from tests.support.compatibility import DATA, Path, lacking, of_markup, of_scripts, of_style, promised

FRONTEND = ROOT / "frontend"
LIST = ROOT / "tests/support/lacking.txt"
UNLESS = "unless "
# What the page seems to use and some promised browser lacks: a pattern of features, and why that is fine.
FINE = [line.partition(" ")[::2] for line in LIST.read_text().splitlines() if line and not line.startswith("#")]

if not DATA.exists():
    pytest.skip("MDN's compatibility data is not installed: make check installs it", allow_module_level=True)


@cache
def used() -> frozenset[Path]:
    """Return what the page seems to use of what is lacking."""
    index = (FRONTEND / "index.html").read_text()
    return frozenset(of_style((FRONTEND / "style.css").read_text()) | of_markup(index) | of_scripts())


@cache
def source(part: str) -> str:
    """Return the page's style, its markup or its scripts: where features of this part of the data are."""
    if part == "css":
        return (FRONTEND / "style.css").read_text()
    if part == "html":
        return (FRONTEND / "index.html").read_text()
    scripts = [path.read_text() for path in FRONTEND.rglob("*.js") if path.parent.name != "vendor"]
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", "\n".join(scripts), flags=re.DOTALL)


def is_fine(feature: str) -> bool:
    why = next((why.strip() for pattern, why in FINE if re.fullmatch(pattern, feature)), None)
    if why is None or not why.startswith(UNLESS):
        return why is not None
    return not re.search(why.removeprefix(UNLESS), source(feature.partition(".")[0]))


def test_what_a_promised_browser_lacks_the_page_does_not_need() -> None:
    unexplained = {".".join(path): lacking()[path] for path in sorted(used())}
    unexplained = {feature: browsers for feature, browsers in unexplained.items() if not is_fine(feature)}
    found = "\n".join(f"{feature}: not in {browsers}" for feature, browsers in unexplained.items())
    assert not found, f"use something else, or say in {LIST.name} why the page is fine without:\n{found}"


def test_every_excuse_is_needed() -> None:
    features = [".".join(path) for path in used()]
    needless = [pattern for pattern, _ in FINE if not any(re.fullmatch(pattern, feature) for feature in features)]
    assert not needless


@pytest.mark.parametrize(
    ("css", "feature"),
    [
        (".a{anchor-name:--a}", "css.properties.anchor-name"),
        (".a{width:calc-size(auto,size)}", "css.types.calc-size"),
        (".a{inset:anchor(top)}", "css.types.anchor"),
        ("::scroll-button(left){color:red}", "css.selectors.scroll-button"),
        (":heading(2){color:red}", "css.selectors.heading"),
        ("@position-try --a{top:0}", "css.at-rules.position-try"),
    ],
)
def test_a_rule_that_is_too_new_is_found(css: str, feature: str) -> None:
    assert tuple(feature.split(".")) in of_style(css)


def test_an_element_or_an_attribute_that_is_too_new_is_found() -> None:
    found = of_markup('<button commandfor="a" command="close">Close</button><selectedcontent></selectedcontent>')
    assert ("html", "elements", "button", "commandfor") in found
    assert ("html", "elements", "selectedcontent") in found


def test_the_oldest_browsers_that_readme_names_are_those_that_are_looked_up() -> None:
    oldest = promised()
    assert oldest["chrome"] == oldest["chrome_android"] >= (100,)
    assert oldest["safari"] == oldest["safari_ios"] >= (16,)
