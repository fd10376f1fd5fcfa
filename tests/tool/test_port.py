# SPDX-License-Identifier: Apache-2.0
"""`partita platform`: a first platform.dts from device trees that others wrote. What Partita lacks
for a board is then what `partita check` complains of, and nothing else."""

import os
import pathlib
import re
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = TOP / os.environ.get("O", "build") / "partita"
DTBS = TOP / "build" / "foreign" / "linux-rt" / "dtb"
QEMU = os.environ.get("QEMU", "qemu-system-aarch64")

SYSTEM = """/dts-v1/;
/ { compatible = "partita,system"; platform = "%s";
	vms { a { cpus = <%s>; memory = <0x0 0x40000000 0x0 0x200000>; kernel = "raw"; }; }; };
"""

# Board: its tree, what its platform.dts lacks by the codes of the tool's messages, and facts in it.
BOARDS = {
    "rpi-4-b": ("broadcom/bcm2711-rpi-4-b.dtb",
                {"platform-gic-missing", "platform-memory-missing", "platform-cpu-start",
                 "platform-console-driver"},
                ['model = "Raspberry Pi 4 Model B";', 'partita,cpu-start = "spin-table"',
                 'partita,console = "/soc/serial@7e215040"',
                 "/memreserve/\t0x0000000000000000 0x0000000000001000;",
                 "CPUs: 4.", "none: the firmware fills it in"]),
    "zcu102": ("xilinx/zynqmp-zcu102-rev1.0.dtb",
               {"platform-gic-missing", "platform-console-driver"},
               ['partita,cpu-start = "psci-smc"', 'partita,console = "/axi/serial@ff000000"',
                "partita,load-address = <0x00 0x200000>", "0x0800000000-0x087fffffff",
                "partita,pa-bits = <0x28>"]),
    "imx8mp-evk": ("freescale/imx8mp-evk.dtb", {"platform-console-driver"},
                   ['partita,cpu-start = "psci-smc"', "partita,load-address = <0x00 0x40200000>",
                    "partita,spis = <0xa0>", "0x0040000000-0x00923fffff"]),
}


def begin_port(dtb, folder, name):
    path = folder / name / "platform.dts"
    path.parent.mkdir()
    run = subprocess.run([TOOL, "platform", str(dtb), "-o", str(path)], capture_output=True, text=True,
                         timeout=60)
    assert run.returncode == 0 and run.stderr == ""
    return path.read_text()


def complaints(folder, name, cpus="0"):
    (folder / "raw").write_bytes(bytes(16))
    (folder / "system.dts").write_text(SYSTEM % (name, cpus))
    run = subprocess.run([TOOL, "check", str(folder / "system.dts"), "-P", str(folder)],
                         capture_output=True, text=True, timeout=60)
    return re.findall(r"\[([a-z-]+)\]$", run.stderr, re.MULTILINE)


@pytest.mark.parametrize("name", BOARDS)
def test_a_port_begins_with_the_boards_facts(name, tmp_path):
    dtb, lacking, facts = BOARDS[name]
    text = begin_port(DTBS / dtb, tmp_path, name)
    for fact in facts:
        assert fact in text, fact
    assert set(complaints(tmp_path, name)) == lacking


def test_qemus_board_needs_nothing_else(tmp_path):
    dtb = tmp_path / "virt.dtb"
    subprocess.run([QEMU, "-M", f"virt,virtualization=on,gic-version=3,dumpdtb={dtb}", "-cpu", "cortex-a72",
                    "-smp", "4", "-m", "1G", "-nodefaults", "-display", "none"], check=True, timeout=60,
                   capture_output=True)
    text = begin_port(dtb, tmp_path, "virt")
    assert 'partita,console = "/pl011@9000000"' in text
    assert "partita,load-address = <0x00 0x40200000>" in text
    assert complaints(tmp_path, "virt", "0 1 2 3") == []
    assert complaints(tmp_path, "virt", "4") == ["cpu-unknown"]


def test_what_is_no_device_tree_is_refused(tmp_path):
    (tmp_path / "noise").write_bytes(bytes(100))
    run = subprocess.run([TOOL, "platform", str(tmp_path / "noise")], capture_output=True, text=True,
                         timeout=60)
    assert run.returncode == 1 and "[dtb-damaged]" in run.stderr and run.stdout == ""


def test_a_model_cannot_end_the_comment(tmp_path):
    dtb = tmp_path / "odd.dtb"
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", str(dtb)], check=True, text=True,
                   input='/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; model = "*/ / { x; };"; };')
    assert "?/ / { x; };: from odd.dtb" in begin_port(dtb, tmp_path, "odd").split("*/")[0]
