"""scripts/terraform: where the provider comes from, and what is said where it cannot be had."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import ROOT

ADDRESS = "registry.terraform.io/hashicorp/aws"
HERE = "amiga_m68k"  # the machine that the fake Terraform runs on
UNAVAILABLE = 3

# Notes what it is asked, and with which settings. Its inits work if a file of that name says so.
FAKE = f"""#!/bin/sh
if [ "$1" = version ]; then
    printf '{{\\n  "terraform_version": "1.11.4",\\n  "platform": "{HERE}"\\n}}\\n'
    exit
fi
echo "$* | $TF_CLI_ARGS_init | $TF_CLI_CONFIG_FILE" >>"$(dirname "$0")/asked"
case "$1" in *"/a folder/"*) exit "$INIT_OF_THE_FOLDER" ;; *) exit "$INIT_OF_PROVIDERS" ;; esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository with just enough for an init, a home, and a /opt of its own."""
    folder = tmp_path / "a folder"
    for name in ("terraform/versions.tf", "terraform/.terraform.lock.hcl", "scripts/terraform"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    script = folder / "scripts/terraform"
    assert "SHARED_FOLDERS=/opt" in script.read_text()
    script.write_text(script.read_text().replace("SHARED_FOLDERS=/opt", f"SHARED_FOLDERS='{tmp_path}/opt'"))
    for name in ("bin", "home", "opt"):
        (tmp_path / name).mkdir()
    (tmp_path / "bin/terraform").write_text(FAKE)
    (tmp_path / "bin/terraform").chmod(0o755)
    return folder


def mirror(place: Path, version: str = "5.100.0", platform: str = HERE) -> Path:
    """Unpack something that looks like the provider."""
    (place / ADDRESS / version / platform).mkdir(parents=True)
    return place


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    path = f"{folder.parent / 'bin'}:{os.environ['PATH']}"
    works = {"INIT_OF_THE_FOLDER": "0", "INIT_OF_PROVIDERS": "0"}
    environ = outside | {"HOME": str(folder.parent / "home"), "PATH": path} | works | more
    command = [str(folder / "scripts/terraform"), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def asked(folder: Path) -> list[str]:
    return (folder.parent / "bin/asked").read_text().splitlines()


def test_without_a_mirror_terraform_looks_where_it_does_by_itself(folder: Path) -> None:
    done = run(folder, "init", "-input=false")
    assert (done.returncode, done.stderr) == (0, "")
    assert asked(folder) == [f"-chdir={folder}/terraform init -input=false |  | "]


def test_an_unpacked_mirror_under_opt_is_found_and_said(folder: Path) -> None:
    found = mirror(folder.parent / "opt/some providers")
    done = run(folder, "init")
    assert done.stderr.splitlines() == [
        f"Terraform's provider comes from the mirror {found}; TF_PLUGIN_MIRROR can name another one."
    ]
    assert asked(folder) == [f"-chdir={folder}/terraform init | '-plugin-dir={found}'  | "]


def test_a_mirror_beside_the_root_module_is_found_too(folder: Path) -> None:
    mirror(folder.parent / "opt/providers")
    found = mirror(folder / "terraform/terraform.d/plugins")
    assert str(found) in run(folder, "init").stderr


@pytest.mark.parametrize(("version", "platform"), [("5.99.0", HERE), ("5.100.0", "plan9_arm")])
def test_a_mirror_without_the_locked_version_for_this_machine_is_none(
    folder: Path, version: str, platform: str
) -> None:
    mirror(folder.parent / "opt/providers", version, platform)
    assert run(folder, "init").stderr == ""
    assert "-plugin-dir" not in asked(folder)[0]


def test_only_init_looks_for_a_provider(folder: Path) -> None:
    mirror(folder.parent / "opt/providers")
    done = run(folder, "output", "-json", INIT_OF_THE_FOLDER="7")
    assert (done.returncode, done.stderr) == (7, "")
    assert asked(folder) == [f"-chdir={folder}/terraform output -json |  | "]


def test_a_named_mirror_is_taken_before_all_others_and_must_be_there(folder: Path) -> None:
    mirror(folder.parent / "opt/providers")
    (folder.parent / "home/.terraformrc").write_text("provider_installation {\n}\n")
    assert run(folder, "init", TF_PLUGIN_MIRROR=str(folder.parent / "home")).stderr == ""
    assert f"'-plugin-dir={folder.parent}/home'" in asked(folder)[0]
    done = run(folder, "init", TF_PLUGIN_MIRROR="/nowhere")
    assert (done.returncode, done.stderr) == (1, "TF_PLUGIN_MIRROR is /nowhere, which is not a folder.\n")


@pytest.mark.parametrize("place", [".terraformrc", ".terraform.d/mine.tfrc", "elsewhere"])
@pytest.mark.parametrize("says", ["provider_installation {\n  direct {}\n}\n", "plugin_cache_dir = '/cache'\n"])
def test_the_users_own_configuration_is_left_alone(folder: Path, place: str, says: str) -> None:
    """Where it says where providers come from, that holds; what else it says stays in force beside a mirror."""
    mirror(folder.parent / "opt/providers")
    file = folder.parent / "home" / place
    file.parent.mkdir(exist_ok=True)
    file.write_text(says)
    environ = {"TF_CLI_CONFIG_FILE": str(file)} if place == "elsewhere" else {}
    run(folder, "init", **environ)
    assert asked(folder)[0].endswith(f" | {environ.get('TF_CLI_CONFIG_FILE', '')}")
    assert ("-plugin-dir" in asked(folder)[0]) == (not says.startswith("provider_installation"))
    assert file.read_text() == says


def test_a_configuration_that_is_named_and_not_there_says_nothing(folder: Path) -> None:
    found = mirror(folder.parent / "opt/providers")
    assert str(found) in run(folder, "init", TF_CLI_CONFIG_FILE="/nowhere").stderr


def test_arguments_of_the_users_own_for_init_are_kept(folder: Path) -> None:
    mirror(folder.parent / "opt/providers")
    run(folder, "init", TF_CLI_ARGS_init="-upgrade")
    assert "providers' -upgrade | " in asked(folder)[0]


def test_where_no_provider_can_be_had_one_sentence_says_what_to_install(folder: Path) -> None:
    done = run(folder, "init", INIT_OF_THE_FOLDER="1", INIT_OF_PROVIDERS="1")
    assert done.returncode == UNAVAILABLE
    assert done.stderr.splitlines() == [
        "Terraform's provider hashicorp/aws 5.100.0 cannot be had here. Unpack a mirror of it into "
        "~/.terraform.d/plugins, name one in TF_PLUGIN_MIRROR, or connect this machine to the Terraform registry."
    ]


def test_an_init_that_fails_for_another_reason_is_not_blamed_on_the_provider(folder: Path) -> None:
    done = run(folder, "init", INIT_OF_THE_FOLDER="1")
    assert (done.returncode, done.stderr) == (1, "")
    (folder / "terraform/.terraform/providers").mkdir(parents=True)
    done = run(folder, "init", INIT_OF_THE_FOLDER="1", INIT_OF_PROVIDERS="1")
    assert (done.returncode, done.stderr) == (1, "")


def test_another_folder_is_treated_alike(folder: Path) -> None:
    (folder / "terraform").rename(folder / "other")
    found = mirror(folder.parent / "opt/providers")
    assert str(found) in run(folder, f"-chdir={folder / 'other'}", "init").stderr
    assert asked(folder) == [f"-chdir={folder}/other init | '-plugin-dir={found}'  | "]


def test_without_terraform_one_sentence_says_where_to_get_it(folder: Path) -> None:
    tools = folder.parent / "tools"
    tools.mkdir()
    for tool in ("sh", "dirname"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    done = run(folder, "plan", PATH=str(tools))
    assert done.returncode == UNAVAILABLE
    assert done.stderr.startswith("Terraform is not on PATH. anonchat needs 1.11 or newer: https://")
