# SPDX-License-Identifier: Apache-2.0
"""The tool as it is installed, and its manual page."""

import os
import pathlib
import re
import resource
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = TOP / os.environ.get("O", "build")
TOOL = OUT / "partita"
MANUAL = TOP / "tools" / "partita" / "partita.1"

SYSTEM = """/dts-v1/;
/ { compatible = "partita,system"; platform = "qemu-virt";
	vms { a { cpus = <0>; memory = <0x0 0x40000000 0x0 0x200000>; kernel = "raw"; }; }; };
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The root that `make install` filled."""
    root = tmp_path_factory.mktemp("root")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    subprocess.run(["make", "-s", "install", f"DESTDIR={root}", "PREFIX=/opt/partita"], cwd=TOP, env=env,
                   check=True)
    return root / "opt" / "partita"


def test_the_installed_tool_needs_nothing_of_the_source_tree(installed, tmp_path):
    (tmp_path / "raw").write_bytes(bytes(16))
    (tmp_path / "system.dts").write_text(SYSTEM)
    moved = tmp_path / "elsewhere"
    shutil.copytree(installed, moved)
    for command in (["build", "system.dts", "-o", "out.img"], ["verify", "out.img"], ["map", "system.dts"]):
        run = subprocess.run([moved / "bin" / "partita", *command], cwd=tmp_path, capture_output=True,
                             text=True, timeout=60)
        assert run.returncode == 0, run.stderr
    assert "proven: " in subprocess.run([moved / "bin" / "partita-verify", "out.img"], cwd=tmp_path,
                                        capture_output=True, text=True, timeout=60).stdout


def test_the_manual_has_every_command_and_option(installed):
    usage = subprocess.run([TOOL, "--help"], capture_output=True, text=True, check=True).stdout
    manual = (installed / "share" / "man" / "man1" / "partita.1").read_text().replace("\\-", "-")
    commands = set(re.findall(r"^(?:usage:)? +partita (\w+)", usage, re.MULTILINE))
    section = manual.split(".SH COMMANDS")[1].split(".SH OPTIONS")[0]
    assert commands == set(re.findall(r"^\.TP\n\.B (\w+)$", section, re.MULTILINE))
    assert commands == set(re.findall(r"^\.B partita (\w+)$", manual, re.MULTILINE))
    for option in set(re.findall(r"(?<!\w)--?[A-Za-z]+", usage)):
        assert re.search(re.escape(option) + r"\b", manual.split(".SH OPTIONS")[1]), option


def test_the_manual_is_a_manual():
    run = subprocess.run(["groff", "-man", "-Tascii", "-ww", str(MANUAL)], capture_output=True, text=True,
                         check=True)
    assert run.stderr == "" and "EXIT STATUS" in re.sub(r"\x1b\[\d*m|.\x08", "", run.stdout)


def test_help_is_no_error_and_is_there_for_each_command():
    for arguments in (["--help"], ["-h"], ["build", "--help"]):
        run = subprocess.run([TOOL, *arguments], capture_output=True, text=True, timeout=60)
        assert run.returncode == 0 and run.stdout.startswith("usage: partita check") and run.stderr == ""


def test_the_demo_is_built_within_a_second(tmp_path):
    """Of this machine's CPU, the children cpp and dtc included: how busy it is does not count."""
    def spent():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime
    before = spent()
    run = subprocess.run([TOOL, "build", "systems/demo.dts", "-o", str(tmp_path / "out.img"), "-I",
                          str(OUT / "guests")], cwd=TOP, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert spent() - before < 1
