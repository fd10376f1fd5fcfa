# SPDX-License-Identifier: Apache-2.0
"""The formats of abi/, as the C compiler laid them out: structures from the debug information of the
checker's program, numbers from abi/layout.h. Nothing is written down here a second time."""

import re

from elftools.elf.elffile import ELFFile

STRUCTS = ("image_header", "comp_header", "fmap", "fmap_cpu", "fmap_slot", "fmap_vm", "fmap_vcpu",
           "fmap_service", "fmap_context", "fmap_idregs", "fmap_link", "fmap_cap", "fmap_irq",
           "fmap_memory", "vmconf", "svcconf")


class Field:
    """A number or a string of bytes in a structure: where, how large, and its name with indices."""

    def __init__(self, path, offset, size, text=False):
        self.path, self.offset, self.size, self.text = path, offset, size, text


def bare(die):
    """The type behind typedefs and qualifiers."""
    while die.tag in ("DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type"):
        die = die.get_DIE_from_attribute("DW_AT_type")
    return die


def counts(die):
    return [child.attributes["DW_AT_upper_bound"].value + 1 if "DW_AT_upper_bound" in child.attributes else 0
            for child in die.iter_children()
            if child.tag == "DW_TAG_subrange_type"]


def flatten(die, path, offset):
    die = bare(die)
    if die.tag == "DW_TAG_structure_type":
        for member in die.iter_children():
            if member.tag == "DW_TAG_member":
                name = member.attributes["DW_AT_name"].value.decode()
                at = offset + member.attributes["DW_AT_data_member_location"].value
                yield from flatten(member.get_DIE_from_attribute("DW_AT_type"),
                                   f"{path}.{name}" if path else name, at)
    elif die.tag == "DW_TAG_array_type":
        element = bare(die.get_DIE_from_attribute("DW_AT_type"))
        size = element.attributes["DW_AT_byte_size"].value
        dimensions = counts(die)
        rest = 1
        for count in dimensions[1:]:
            rest *= count
        if size == 1:           # text or a hash: one value
            for i in range(dimensions[0] if rest > 1 else 1):
                length = rest if rest > 1 else dimensions[0]
                yield Field(path + (f"[{i}]" if rest > 1 else ""), offset + i * length, length, True)
        else:
            for i in range(dimensions[0] * rest):
                yield from flatten(element, f"{path}[{i}]", offset + i * size)
    else:
        yield Field(path, offset, die.attributes["DW_AT_byte_size"].value)


class Struct:
    def __init__(self, die):
        self.size = die.attributes["DW_AT_byte_size"].value
        self.fields = list(flatten(die, "", 0))
        self.at = {field.path: field for field in self.fields}


def structs(program):
    found = {}
    with open(program, "rb") as file:
        for unit in ELFFile(file).get_dwarf_info().iter_CUs():
            for die in unit.iter_DIEs():
                name = die.attributes.get("DW_AT_name")
                if die.tag == "DW_TAG_structure_type" and name and "DW_AT_byte_size" in die.attributes:
                    if name.value.decode() in STRUCTS and name.value.decode() not in found:
                        found[name.value.decode()] = Struct(die)
    assert set(found) == set(STRUCTS), "a structure of abi/ is not in the program"
    return found


def numbers(*headers):
    """Numbers that headers define, plain or by the name of another."""
    found = {}
    for header in headers:
        with open(header, encoding="ascii") as file:
            for name, value in re.findall(r"^#define (\w+) (\w+)(?:\s|$)", file.read(), re.MULTILINE):
                if value in found or value[0].isdigit():
                    found[name] = found.get(value) or int(value.rstrip("u"), 0)
    return found
