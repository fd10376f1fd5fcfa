# SPDX-License-Identifier: Apache-2.0
"""The checker shares no code with the generator: shown by what was compiled into it, not by what a
Makefile says. Common to both are the formats in abi/ and the helpers in lib/."""

import os
import pathlib
import re
import subprocess

O = pathlib.Path(os.environ.get("O", "build"))
COMMON = ("abi/", "lib/")


def sources(program):
    """The files of this tree whose code is in a program: names of its compilation units."""
    text = subprocess.run(["readelf", "--debug-dump=info", "--dwarf-depth=1", str(program)], check=True,
                          capture_output=True, text=True, timeout=60).stdout
    names = set(re.findall(r"DW_AT_name\s*: (?:\(.*?\): )?(\S+)", text))
    return {name for name in names if os.path.exists(name) and not os.path.isabs(name)}


def included(folder):
    """The files of this tree that the compiler read for a folder's objects."""
    found = set()
    for path in (O / "host" / folder).glob("*.d"):
        words = path.read_text().replace("\\\n", " ").split()
        found |= {word.rstrip(":") for word in words if not word.startswith(("/", str(O)))}
    return {os.path.normpath(name) for name in found}


def test_the_checker_has_no_code_of_the_generator():
    found = sources(O / "partita-verify")
    assert "tools/verify/owners.c" in found and "lib/blake2b.c" in found
    assert all(name.startswith(("tools/verify/",) + COMMON) for name in found), found


def test_the_generator_has_no_code_of_the_checker():
    found = sources(O / "partita")
    assert "tools/partita/tables.c" in found
    assert not [name for name in found if name.startswith("tools/verify/")]


def test_neither_reads_a_header_of_the_other():
    for own, other in (("tools/verify", "tools/partita"), ("tools/partita", "tools/verify")):
        found = included(own)
        assert "abi/fmap.h" in found
        assert not [name for name in found if name.startswith(other + "/")]
        assert all(name.startswith((own + "/",) + COMMON) for name in found), found


def test_the_checker_needs_no_library_but_the_c_library():
    text = subprocess.run(["readelf", "-d", str(O / "partita-verify")], check=True, capture_output=True,
                          text=True, timeout=60).stdout
    assert re.findall(r"\(NEEDED\).*\[(.*?)\]", text) == ["libc.so.6"]
