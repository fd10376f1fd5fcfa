# SPDX-License-Identifier: Apache-2.0
"""Where the image comes from, and that it is the same wherever it was built."""

import os
import shutil
import subprocess

from board import OUT, TOP, image, make


def test_elf_boots_like_the_image(board):
    image("demo")
    demo = board(None, arguments=["-kernel", os.path.join(OUT, "demo.elf")])
    demo.expect("", "Partita")
    demo.expect("hello", "Hello")


def test_image_moves_itself_to_its_place(board):
    """A loader that knows no better has put it far behind."""
    where = "0x70000000"
    demo = board(None, arguments=[
        "-device", f"loader,file={image('demo')},addr={where},force-raw=on",
        "-device", f"loader,addr={where},cpu-num=0"])
    demo.expect("", "Partita")
    demo.expect("hello", "Hello")


def test_image_built_by_llvm_boots(board):
    make("LLVM=1", "O=build/llvm", "image")
    demo = board(None, arguments=["-kernel", os.path.join(TOP, "build", "llvm", "demo.img")])
    demo.expect("", "Partita")
    demo.expect("hello", "Goodbye")
    demo.expect("linux", "Booting Linux")


def test_two_builds_in_different_folders_are_identical(tmp_path):
    image("demo")
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=TOP, check=True,
                           capture_output=True, text=True).stdout.split("\n")
    copy = tmp_path / "some" / "other" / "folder"
    for path in filter(None, files):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(os.path.join(TOP, path), copy / path)
    (copy / "build").mkdir()
    (copy / "build" / "foreign").symlink_to(os.path.join(TOP, "build", "foreign"))
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "O"))}
    subprocess.run(["make", "-s", "image"], cwd=copy, env=env, check=True)
    for name in ("demo.img", "demo.elf"):
        with open(os.path.join(OUT, name), "rb") as here:
            assert (copy / "build" / name).read_bytes() == here.read(), f"{name} differs"
