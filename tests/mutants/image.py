# SPDX-License-Identifier: Apache-2.0
"""A finished image that can be read and changed: by structure and field, and by the descriptors that
its translation tables hold. It shares nothing with the checker but the formats."""

import hashlib
import struct
from array import array

ADDRESS = 0x0000fffffffff000
HEADER = 0x40
PAGE = 0x1000
ARRAYS = {"cpus": "fmap_cpu", "slots": "fmap_slot", "vms": "fmap_vm", "vcpus": "fmap_vcpu",
          "services": "fmap_service", "contexts": "fmap_context", "idregs": "fmap_idregs",
          "links": "fmap_link", "caps": "fmap_cap", "irqs": "fmap_irq", "memory": "fmap_memory"}
FORM = {1: "<B", 2: "<H", 4: "<I", 8: "<Q"}


class Unreadable(Exception):
    """Something points out of the file: nothing can be said of such an image."""


class Value:
    """A field of one structure of the image."""

    def __init__(self, name, offset, size, text):
        self.name, self.offset, self.size, self.text = name, offset, size, text


class Image:
    def __init__(self, data, formats, abi):
        self.data, self.formats, self.abi = bytearray(data), formats, abi

    def copy(self):
        return Image(self.data, self.formats, self.abi)

    # ---- Numbers ----

    def get(self, offset, size=8):
        if not 0 <= offset <= len(self.data) - size:
            raise Unreadable(hex(offset))
        return struct.unpack_from(FORM[size], self.data, offset)[0]

    def put(self, offset, value, size=8):
        struct.pack_into(FORM[size], self.data, offset, value & ((1 << 8 * size) - 1))

    def offset(self, pa):
        return pa - self.field("image_header", HEADER, "load_pa")

    def place(self, kind, base, path):
        field = self.formats[kind].at[path]
        return base + field.offset, field.size

    def field(self, kind, base, path):
        return self.get(*self.place(kind, base, path))

    def put_field(self, kind, base, path, value):
        offset, size = self.place(kind, base, path)
        self.put(offset, value, size)

    # ---- Structures ----

    @property
    def fmap(self):
        return self.offset(self.field("image_header", HEADER, "fmap_pa"))

    def count(self, name):
        return self.field("fmap", self.fmap, name + ".count")

    def element(self, name, index):
        return (self.fmap + self.field("fmap", self.fmap, name + ".offset") +
                index * self.formats[ARRAYS[name]].size)

    def of(self, name, index, path):
        """A field of an array's element."""
        return self.field(ARRAYS[name], self.element(name, index), path)

    def set_of(self, name, index, path, value):
        self.put_field(ARRAYS[name], self.element(name, index), path, value)

    def header(self, path):
        return self.field("image_header", HEADER, path)

    def conf(self, world):
        """Where a compartment's configuration lies in the file."""
        offset = self.entry(world, self.abi["COMP_CONF"])
        return self.offset(self.get(offset) & ADDRESS)

    def structures(self):
        """(name, kind, offset) of every structure that somebody reads."""
        yield "header", "image_header", HEADER
        yield "fmap", "fmap", self.fmap
        for name, kind in ARRAYS.items():
            for i in range(self.count(name)):
                yield f"{name}[{i}]", kind, self.element(name, i)
        for world in self.worlds():
            if world[0] in ("monitor", "service"):
                kind = "vmconf" if world[0] == "monitor" else "svcconf"
                yield f"conf of {world[0]} {world[1]}", kind, self.conf(world)
                text = self.get(self.entry(world, self.abi["COMP_TEXT"])) & ADDRESS
                yield f"binary of {world[0]} {world[1]}", "comp_header", self.offset(text)

    def values(self):
        for name, kind, base in self.structures():
            for field in self.formats[kind].fields:
                yield Value(f"{name}.{field.path}", base + field.offset, field.size, field.text)

    # ---- Worlds and their tables ----

    def worlds(self):
        for cpu in range(self.count("cpus")):
            yield "cpu", cpu
        for vm in range(self.count("vms")):
            yield "guest", vm
            yield "monitor", vm
        for service in range(self.count("services")):
            yield "service", service

    def context(self, world):
        kind, index = world
        name, path = {"guest": ("vms", "guest_context"), "monitor": ("vms", "vmm_context"),
                      "service": ("services", "context")}[kind]
        return self.of(name, index, path)

    def root_place(self, world):
        if world[0] == "cpu":
            return self.place("image_header", HEADER, f"cpu[{world[1]}].ttbr0_el2")[0]
        return self.place("fmap_context", self.element("contexts", self.context(world)), "vttbr_el2")[0]

    def root(self, world):
        return self.get(self.root_place(world)) & ADDRESS

    def table(self, pa):
        offset = self.offset(pa)
        if offset % 8 or not 0 <= offset <= len(self.data) - PAGE:
            raise Unreadable(hex(pa))
        return array("Q", bytes(self.data[offset:offset + PAGE]))

    def entry(self, world, va, level=3):
        """Where in the file the descriptor for an address is, of that level or above."""
        table = self.root(world)
        for this in (1, 2, 3):
            offset = self.offset(table) + (va >> 12 + 9 * (3 - this) & 511) * 8
            if this == level or self.get(offset) & 3 != 3:
                return offset
            table = self.get(offset) & ADDRESS
        raise AssertionError

    def pa(self, world, va):
        return self.get(self.entry(world, va)) & ADDRESS

    def descriptors(self, world):
        """(offset, level, address) of every valid descriptor of a world."""
        def walk(pa, level, va):
            for i, d in enumerate(self.table(pa)):
                if not d & 1:
                    continue
                at = va + (i << 12 + 9 * (3 - level))
                yield self.offset(pa) + 8 * i, level, at
                if level < 3 and d & 2:
                    yield from walk(d & ADDRESS, level + 1, at)
        yield from walk(self.root(world), 1, 0)

    # ---- The whole ----

    def sum_up(self):
        """As the head does it: abi/image.h. What boots has to have it right."""
        at, size = self.place("image_header", HEADER, "sum")
        behind = HEADER + self.formats["image_header"].size
        end = self.field("image_header", HEADER, "sum_bytes")
        total, mask = 0, (1 << 64) - 1
        for words in self.data[:at], self.data[behind:end]:
            for word, in struct.iter_unpack("<Q", words):
                total = (word ^ (total >> 29 | total << 35 & mask)) * 0x9e3779b97f4a7c15 & mask
        self.put(at, total, size)

    def hashed(self):
        offset, size = self.place("image_header", HEADER, "hash")
        self.data[offset:offset + size] = bytes(size)
        self.data[offset:offset + size] = hashlib.blake2b(self.data, digest_size=size).digest()
        return bytes(self.data)
