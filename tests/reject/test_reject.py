# SPDX-License-Identifier: Apache-2.0
"""Each description here has one mistake. Its first comment says what the tool must answer:

    /* [FILE:]LINE: error: TEXT [CODE] */

FILE is the description itself if not given; TEXT is part of the message. Nothing else may be
reported, the exit status is 1, and no image is written. Those in warnings/ are legal but rarely
meant: the image is built. Every code of the tool's has a description, and docs/errors.md shows it.
"""

import re
import subprocess

import pytest

import errors
from errors import HERE, TOOL


def build(description, world, output):
    return errors.build(description, world[1], output)


def check_message(description, run):
    messages = run.stderr.splitlines()
    expected = errors.expectation(description)
    assert len(messages) == 1, run.stderr
    where, kind, what, code = re.fullmatch(r"(.*?): (error|warning): (.*) \[(.*)\]", messages[0]).groups()
    assert where.endswith(f"/{expected.file}:{expected.line}"), messages[0]
    assert (kind, code) == (expected.kind, expected.code), messages[0]
    assert expected.text in what, messages[0]
    assert "; " in what or what.endswith("?"), "a message says what to do"


@pytest.mark.parametrize("description", errors.REJECTED, ids=lambda path: path.stem)
def test_is_rejected(description, world, tmp_path):
    run = build(description, world, tmp_path / "out.img")
    assert run.returncode == 1, run.stderr
    check_message(description, run)
    assert list(tmp_path.iterdir()) == [], "nothing is written"


@pytest.mark.parametrize("description", errors.WARNED, ids=lambda path: path.stem)
def test_is_built_with_a_warning(description, world, tmp_path):
    output = tmp_path / "out.img"
    run = build(description, world, output)
    assert run.returncode == 0 and output.exists(), run.stderr
    check_message(description, run)


def test_every_code_has_a_description_or_a_reason():
    shown = {errors.expectation(path).code for path in errors.REJECTED + errors.WARNED}
    codes = {meaning.code for meaning in errors.meanings()}
    assert shown | set(errors.NOT_SHOWN) == codes
    assert not shown & set(errors.NOT_SHOWN)


def test_the_paper_of_errors_is_current(world):
    """`make errors` writes it."""
    assert errors.PAPER.read_text() == errors.paper(world[1])


def test_a_code_is_explained_and_an_unknown_one_is_not():
    run = subprocess.run([TOOL, "explain", "cpu-shared"], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0 and run.stdout.startswith("### cpu-shared\n\nError: ")
    run = subprocess.run([TOOL, "explain", "cpu-sheared"], capture_output=True, text=True, timeout=60)
    assert run.returncode == 2 and "cpu-sheared" in run.stderr


GOOD = """/dts-v1/;

/ {
	compatible = "partita,system";
	platform = "qemu-virt";

	vms {
		a {
			cpus = <0 1>;
			memory = <0x0 0x40000000 0x0 0x800000>;
			kernel = "Image";
			initrd = "raw";
			devices = "/pl061@9030000";
			console;
		};
		b {
			cpus = <2>;
			memory = <0x0 0x40000000 0x0 0x200000>;
			kernel = "raw";
		};
	};
};
"""


def test_a_good_description_is_built_and_proven(world, tmp_path):
    """Else everything above could be refused for a reason of its own."""
    description, output = tmp_path / "good.dts", tmp_path / "out.img"
    description.write_text(GOOD)
    run = build(description, world, output)
    assert run.returncode == 0 and run.stderr == ""
    proof = subprocess.run([TOOL, "verify", str(output)], capture_output=True, text=True, timeout=60)
    assert proof.returncode == 0, proof.stdout


def test_the_console_and_the_tool_agree_on_the_name_of_partitas_own_lines(world, tmp_path):
    own = re.search(r'OWN_NAME "(\w+)"', (errors.TOP / "services" / "console" / "print.c").read_text())[1]
    (tmp_path / "own.dts").write_text(GOOD.replace("b {", f"{own} {{"))
    assert "[name-reserved]" in build(tmp_path / "own.dts", world, tmp_path / "out.img").stderr


def test_trusted_dma_is_said_by_the_proof(world, tmp_path):
    description, output = tmp_path / "good.dts", tmp_path / "out.img"
    region = "regions { all { address = <0x0 0x70000000>; size = <0x0 0x200000>; " \
        "physical-address = <0x0 0x70000000>; }; };"
    text = GOOD.replace("qemu-virt", "odd-devices").replace("memory = <0x0 0x40000000 0x0 0x200000>;", "")
    text = text.replace('kernel = "raw";', 'kernel = "raw"; devices = "/master@90b0000"; '
                        'trusted-dma = "/master@90b0000"; ' + region)
    description.write_text(text)
    assert build(description, world, output).stderr == ""
    proof = subprocess.run([TOOL, "verify", str(output)], capture_output=True, text=True, timeout=60)
    assert proof.returncode == 0 and "TRUSTED, not proven: a device of VM b does DMA" in proof.stdout


def test_all_mistakes_are_reported_in_one_run(world, tmp_path):
    description = tmp_path / "bad.dts"
    description.write_text(GOOD.replace("<0 1>", "<0 9>").replace('"raw"', '"nothing"')
                           .replace("console;", "konsole;"))
    run = build(description, world, tmp_path / "out.img")
    lines = [int(line.split(":")[1]) for line in run.stderr.splitlines()]
    assert run.returncode == 1
    assert lines == [9, 12, 14, 19], run.stderr
    description.write_text(description.read_text().replace("qemu-virt", "qemu-vitr"))
    run = build(description, world, tmp_path / "out.img")
    lines = [int(line.split(":")[1]) for line in run.stderr.splitlines()]
    assert lines == [5, 12, 14, 19], "an unknown board hides only what depends on it"


def test_more_vms_than_there_can_be_are_refused(world, tmp_path):
    """No board has a CPU for each, so this mistake never comes alone."""
    vm = GOOD[GOOD.index("\t\tb {"):GOOD.index("\t};\n};")]
    description = tmp_path / "many.dts"
    description.write_text(GOOD.replace(vm, "".join(vm.replace("b {", f"b{i} {{") for i in range(32))))
    run = build(description, world, tmp_path / "out.img")
    assert run.returncode == 1
    assert "the system has more than 32 VMs" in run.stderr


def test_two_builds_in_different_folders_are_equal(world, tmp_path):
    images = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "good.dts").write_text(GOOD)
        assert build(folder / "good.dts", world, folder / "out.img").returncode == 0
        images.append((folder / "out.img").read_bytes())
    assert images[0] == images[1]


def test_a_flipped_bit_is_not_proven(world, tmp_path):
    description, output = tmp_path / "good.dts", tmp_path / "out.img"
    description.write_text(GOOD)
    assert build(description, world, output).returncode == 0
    image = bytearray(output.read_bytes())
    image[len(image) // 2] ^= 1
    output.write_bytes(image)
    proof = subprocess.run([TOOL, "verify", str(output)], capture_output=True, text=True, timeout=60)
    assert proof.returncode == 1
    assert "hash differs" in proof.stdout


@pytest.mark.parametrize("arguments", [[], ["build", "x.dts"], ["check"], ["paint", "x.dts"],
                                       ["check", "/nowhere/x.dts"], ["map", "x.dts", "-o", "y"],
                                       ["check", "x.dts", "y.dts"]], ids=" ".join)
def test_wrong_usage_and_missing_files_exit_with_2(arguments, tmp_path):
    run = subprocess.run([TOOL] + arguments, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr
