# SPDX-License-Identifier: Apache-2.0
"""Systems to draw, and a browser to look at them. Systems that the tree has not are written here: the
largest, the smallest, and one whose texts were chosen to break out of the page."""

import functools
import json
import os
import pathlib
import subprocess

from selenium import webdriver

TOP = pathlib.Path(__file__).parent.parent.parent
OUT = pathlib.Path(os.environ.get("O", "build")).resolve()
TOOL = OUT / "partita"
CHROMIUM = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
LARGEST_CPUS = 16
HOSTILE = '"></code><script>alert(1)</script><b onclick=\'x\'>&amp;\u202e\x1b]0;x\x07'


def board(cpus, devices=0, uart=True):
    """A platform: GICv3, so many CPUs, so many GPIO controllers of two interrupts each."""
    text = """/dts-v1/;
/ {
	compatible = "test,board"; #address-cells = <2>; #size-cells = <2>; interrupt-parent = <&gic>;
	partita,load-address = <0x0 0x40200000>; partita,pa-bits = <40>; partita,cpu-start = "psci-smc";
	partita,cpu-features = "armv8.0";
	CONSOLE
	clk: clk { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <24000000>; };
	timer { compatible = "arm,armv8-timer"; interrupts = <1 13 4 1 14 4 1 11 4 1 10 4>; };
	gic: intc@8000000 {
		compatible = "arm,gic-v3"; #interrupt-cells = <3>; interrupt-controller;
		reg = <0x0 0x08000000 0x0 0x00010000 0x0 0x080a0000 0x0 0x00f60000>;
		interrupts = <1 9 4>; partita,spis = <960>;
	};
	memory@40000000 { device_type = "memory"; reg = <0x0 0x40000000 0x0 0x40000000>; };
	memory@880000000 { device_type = "memory"; reg = <0x8 0x80000000 0x1 0x00000000>; };
	cpus { #address-cells = <1>; #size-cells = <0>;
"""
    for cpu in range(cpus):
        text += f'\t\tcpu@{cpu:x} {{ device_type = "cpu"; reg = <{cpu}>; compatible = "arm,armv8"; }};\n'
    text += "\t};\n"
    if uart:
        text += """	pl011@9000000 {
		compatible = "arm,pl011", "arm,primecell"; reg = <0x0 0x09000000 0x0 0x1000>;
		interrupts = <0 1 4>; clocks = <&clk &clk>; clock-names = "uartclk", "apb_pclk"; };
"""
    for n in range(devices):
        text += f"""	pl061@{0xa000000 + n * 0x1000:x} {{ compatible = "arm,pl061", "arm,primecell";
		reg = <0x0 {0xa000000 + n * 0x1000:#x} 0x0 0x1000>; clocks = <&clk>; clock-names = "apb_pclk";
		interrupts = <0 {2 + 2 * n} 4 0 {3 + 2 * n} 1>; gpio-controller; #gpio-cells = <2>; }};
"""
    console = 'partita,console = "/pl011@9000000";' if uart else ""
    return text.replace("CONSOLE", console) + "};\n"


def system(name, vms):
    return f'/dts-v1/;\n/ {{ compatible = "partita,system"; platform = "{name}";\nvms {{\n{vms}}}; }};\n'


def largest():
    """A VM for each CPU, each with as many regions as it may have and six devices; long names."""
    vms = ""
    for cpu in range(LARGEST_CPUS):
        memory = " ".join(f"0x0 {0x40000000 + n * 0x10000000:#x} 0x0 {0x1000 << 2 * n:#x}" for n in range(8))
        devices = ", ".join(f'"/pl061@{0xa000000 + (6 * cpu + n) * 0x1000:x}"' for n in range(6))
        vms += (f'machine-room-{cpu:02} {{ cpus = <{cpu}>; memory = <{memory}>; kernel = "tiny"; console;\n'
                f'devices = {devices}; no-rtc; }};\n')
    return vms


def hostile():
    """bootargs are free text; so is the file's name."""
    text = HOSTILE.replace("\\", "\\\\").replace('"', '\\"').replace("\x1b", "\\x1b").replace("\x07", "\\x07")
    return f'''		a {{ cpus = <0>; memory = <0x0 0x40000000 0x0 0x200000>; kernel = "kernel"; console;
			bootargs = "{text}\\xff\\xc0\\xaf"; }};
'''


SYSTEMS = {
    "largest": (board(LARGEST_CPUS, devices=6 * LARGEST_CPUS), largest()),
    "smallest": (board(1, uart=False),
                 '\t\ta { cpus = <0>; memory = <0x0 0x40000000 0x0 0x2000>; kernel = "tiny"; no-rtc; };\n'),
    "<i>&\"'x": (board(2), hostile()),
}


class Systems:
    """name -> what the tool says of it."""

    def __init__(self, folder):
        self.folder = folder
        self.arguments = ["-P", str(folder / "platforms"), "-I", str(folder), "-I", str(OUT / "guests")]
        (folder / "kernel").write_bytes(bytes(64))
        (folder / "tiny").write_bytes(bytes(16))
        for name, (platform, vms) in SYSTEMS.items():
            place = folder / "platforms" / ("board" if "<" in name else name)
            place.mkdir(parents=True)
            (place / "platform.dts").write_text(platform)
            (folder / f"{name}.dts").write_text(system(place.name, vms))
        for place in (TOP / "platforms").iterdir():
            (folder / "platforms" / place.name).symlink_to(place)

    def path(self, name):
        if name in SYSTEMS:
            return self.folder / f"{name}.dts"
        return next(TOP / place / f"{name}.dts" for place in ("systems", "tests/system")
                    if (TOP / place / f"{name}.dts").exists())

    def run(self, *arguments):
        return subprocess.run([TOOL, *map(str, arguments), *self.arguments], capture_output=True, timeout=60)

    @functools.lru_cache(maxsize=None)
    def map(self, name, form=None):
        run = self.run("map", self.path(name), *([form] if form else []))
        assert run.returncode == 0, run.stderr
        return run.stdout

    def facts(self, name):
        return json.loads(self.map(name, "--json"))


class Browser:
    """A page of a system in a frame of some width: headless Chromium's windows have a least width."""

    def __init__(self, systems, folder):
        options = webdriver.ChromeOptions()
        for argument in CHROMIUM:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.systems, self.folder = systems, folder
        self.driver = webdriver.Chrome(options=options)
        self.driver.set_window_size(1400, 1000)

    def open(self, name, width, media=(), fragment=""):
        (self.folder / "page.html").write_bytes(self.systems.map(name, "--html"))
        (self.folder / "frame.html").write_text(
            '<!DOCTYPE html><link rel="icon" href="data:,"><body style="margin:0">'
            f'<iframe src="page.html{fragment}" style="border:0;width:{width}px;height:900px"></iframe>')
        self.driver.switch_to.default_content()
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", dict(
            media="print" if "print" in media else "",
            features=[{"name": "prefers-color-scheme", "value": "dark" if "dark" in media else "light"},
                      {"name": "prefers-reduced-motion", "value": "reduce"}]))
        self.driver.get_log("browser")
        self.driver.get((self.folder / "frame.html").as_uri())
        self.driver.switch_to.frame(0)
        return self

    def ask(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def close(self):
        self.driver.quit()
