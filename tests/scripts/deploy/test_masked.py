"""The owner's address is hidden in GitHub's log and in a plan's summary, wherever it was set."""

import json
import shutil
from pathlib import Path

import pytest

from scripts import ROOT
from scripts.deploy import masked

ADDRESS = "me@example.org"
SHOWS = f"""#!/bin/sh
case "$*" in
*-json*) echo '{json.dumps({"variables": {"alert_email": {"value": ADDRESS}}})}' ;;
*) echo '+ endpoint = "{ADDRESS}"' ;;
esac
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TF_VAR_alert_email", raising=False)
    (tmp_path / "terraform").mkdir()
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "terraform/variables.tf", tmp_path / "terraform")
    (tmp_path / "scripts/terraform").write_text(SHOWS)
    (tmp_path / "scripts/terraform").chmod(0o755)
    return tmp_path


@pytest.mark.skipif(not shutil.which("terraform"), reason="terraform, which reads the variables, is missing")
def test_the_log_hides_an_address_from_a_committed_file(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert masked.main([], root) == 0
    assert capsys.readouterr().out == "\n"
    (root / "terraform/terraform.tfvars").write_text(f'alert_email = "{ADDRESS}"\n')
    assert masked.main([], root) == 0
    assert capsys.readouterr().out == f"::add-mask::{ADDRESS}\n"


def test_a_plan_is_shown_without_the_address_that_it_has(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert masked.main(["plan"], root) == 0
    assert capsys.readouterr().out == '+ endpoint = "(alert_email)"\n\n'


def test_a_plan_that_cannot_be_shown_is_a_failure(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "scripts/terraform").write_text("#!/bin/sh\nexit 3\n")
    assert masked.main(["plan"], root) == 3
    assert capsys.readouterr().err == "This plan cannot be shown.\n"
