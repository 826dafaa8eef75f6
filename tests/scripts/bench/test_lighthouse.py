"""What `make lighthouse` makes of Lighthouse's reports."""

import gzip
from pathlib import Path
from typing import Any

from scripts import ROOT
from scripts.bench.lighthouse import complaints, compress, table


def report(**scores: float) -> dict[str, Any]:
    """Return a report whose audits for accessibility found something, found nothing, and do not count."""
    wanted = {"performance": 1.0, "accessibility": 1.0, "best-practices": 1.0, "seo": 1.0} | scores
    weights = {"contrast": 7, "labels": 7, "tables": 0}
    refs = [{"id": name, "weight": weight} for name, weight in weights.items()]
    return {
        "categories": {name: {"score": score, "auditRefs": refs} for name, score in wanted.items()},
        "audits": {
            "contrast": {"title": "Text is pale", "score": 0, "displayValue": "3 places"},
            "labels": {"title": "Fields have labels", "score": 1},
            "tables": {"title": "Tables are odd", "score": 0},
        },
    }


def test_good_pages_are_a_table_and_no_complaint() -> None:
    reports = {"landing": report(performance=0.95, seo=0.5), "room": report()}
    assert complaints(reports) == []
    assert table(reports).splitlines() == [
        "              performance   accessibility  best-practices             seo",
        "landing              0.95            1.00            1.00            0.50",
        "room                 1.00            1.00            1.00            1.00",
    ]


def test_a_score_that_is_too_low_comes_with_its_reasons() -> None:
    reports = {"landing": report(), "room": report(accessibility=0.99)}
    assert complaints(reports) == ["room: accessibility is 0.99, below 1.00: Text is pale 3 places"]


def test_the_page_is_judged_as_compressed_as_it_is_deployed(tmp_path: Path) -> None:
    compress(tmp_path / "site")
    for path in (ROOT / "frontend").rglob("*.js"):
        twin = tmp_path / "site" / f"{path.relative_to(ROOT / 'frontend')}.gz"
        assert gzip.decompress(twin.read_bytes()) == path.read_bytes()
