# SPDX-License-Identifier: Apache-2.0
"""What an image means: what each world may do to each page, walked as the architecture has it, and
the fields of every structure. And whether what one image means, and another one not, can hurt: the
judge of the checker, which knows none of the checker's reasons.

"VMSAv8-64 translation table format descriptors" in DDI 0487 is the source of walk() and leaf().
"""

import re

from image import ADDRESS, Unreadable

READ, WRITE, EXECUTE = 1, 2, 4
VALID, TABLE, AF = 1, 2, 1 << 10


def leaf(d, stage, level, pa_bits):
    """(physical address, rights, attributes), or None: any access faults."""
    size = 1 << 12 + 9 * (3 - level)
    pa = d & ADDRESS & ~(size - 1)
    if not d & AF or pa >> pa_bits:
        return None
    if stage == 1:
        rights = READ | (0 if d & 1 << 7 else WRITE) | (0 if d & 1 << 54 else EXECUTE)
    else:
        rights = (READ if d & 1 << 6 else 0) | (WRITE if d & 1 << 7 else 0)
        rights |= 0 if d & 3 << 53 else EXECUTE
    known = ADDRESS & ~(size - 1) | VALID | TABLE | AF | 1 << 7 | 1 << 54 | (1 << 6 if stage == 2 else 0)
    return pa, rights, d & ~known           # attributes: memory type, shareability, all that is else


def walk(image, world, pages, pa, level, va, above=frozenset()):
    stage = 1 if world[0] == "cpu" else 2
    if pa in above:
        raise Unreadable("tables in a circle")
    bits = image.abi["EL2_VA_BITS" if stage == 1 else "IPA_BITS"]
    for i, d in enumerate(image.table(pa)[:1 << bits - 30 if level == 1 else 512]):
        at = va + (i << 12 + 9 * (3 - level))
        if not d & VALID or (level == 3 and not d & TABLE):
            continue
        if level < 3 and d & TABLE:
            if d & ~(ADDRESS | VALID | TABLE):
                pages[at, level] = None, 0, d   # not used here, so whatever it does is a difference
            walk(image, world, pages, d & ADDRESS, level + 1, at, above | {pa})
            continue
        found = leaf(d, stage, level, image.pa_bits)
        for page in range(0, 1 << 12 + 9 * (3 - level), 0x1000) if found and found[1] else ():
            pages[at + page] = found[0] + page, found[1], found[2]


def guest_images(image):
    """What each monitor copies into its VM at a start."""
    for world in (("monitor", vm) for vm in range(image.count("vms"))):
        for i in range(image.field("vmconf", image.conf(world), "load_count")):
            source = image.field("vmconf", image.conf(world), f"load[{i}].src")
            size = image.field("vmconf", image.conf(world), f"load[{i}].bytes")
            at = image.offset(image.pa(world, source))
            yield f"image {i} of {world}", bytes(image.data[at:at + size])


class Meaning:
    def __init__(self, image):
        self.image = image
        image.pa_bits = image.field("fmap", image.fmap, "pa_bits")
        self.access = {}
        for world in image.worlds():
            self.access[world] = {}
            walk(image, world, self.access[world], image.root(world), 1, 0)
        self.fields = {value.name: bytes(image.data[value.offset:value.offset + value.size])
                       for value in image.values() if value.name != "header.hash"}
        self.fields.update(guest_images(image))

    def number(self, name):
        return int.from_bytes(self.fields[name], "little")

    def span(self, kind):
        """Physical pages that anybody reaches, or that a row of that kind names."""
        return {page[0] for pages in self.access.values() for page in pages.values() if page[0] is not None}


# ---- Which differences cannot hurt ----

def takes_away(before, after):
    """Nobody may do anything that he could not do before."""
    for world, pages in after.items():
        for va, (pa, rights, attributes) in pages.items():
            old = before.get(world, {}).get(va)
            if not old or old[0] != pa or old[2] != attributes or rights & ~old[1]:
                return False
    return True


def number(text):
    return int.from_bytes(text, "little")


def fields_of(value):
    return [number(value[i:i + 1]) >> shift & 15 for i in range(len(value)) for shift in (0, 4)]


def promises_less(before, after, old, new, name):
    return all(b <= a for a, b in zip(fields_of(before), fields_of(after)))


def below_its_period(before, after, old, new, name):
    service = name.rsplit(".", 1)[0]
    return 0 < new.number(service + ".budget_ns") < new.number(service + ".period_ns")


def clears_nobodys(before, after, old, new, name):
    start = new.number("header.zero_pa")
    end, was = start + number(after), start + number(before)
    return (end >= was and not any(was <= pa < end for pa in new.span(None)) and
            any(board[0] <= start and end <= board[1] for board in boards(new)))


def boards(meaning):
    for i in range(meaning.image.count("memory")):
        row = f"memory[{i}]."
        if meaning.number(row + "kind") == 0 and meaning.number(row + "owner_kind") == 0:
            yield (meaning.number(row + "pa"), meaning.number(row + "pa") + meaning.number(row + "bytes"))


def is_board_row(before, after, old, new, name):
    """Another extent of the board's RAM, in which still lies what is used of it."""
    row = name.rsplit(".", 1)[0] + "."
    ram = [old.number(f"memory[{i}].pa") + at for i in range(old.image.count("memory"))
           if old.number(f"memory[{i}].kind") != 1 and old.number(f"memory[{i}].owner_kind") != 0
           for at in (0, old.number(f"memory[{i}].bytes") - 1)]
    ram += [old.number("header.load_pa"), old.number("header.zero_pa") + old.number("header.zero_bytes") - 1]
    return (all(m.number(row + "kind") == 0 and m.number(row + "owner_kind") == 0 for m in (old, new)) and
            all(any(first <= pa < end for first, end in boards(new)) for pa in ram))


def as_many_pages(before, after, old, new, name):
    return number(before) + 0xfff >> 12 == number(after) + 0xfff >> 12


def of_service(before, after, old, new, name):
    return all(m.number(name.rsplit(".", 1)[0] + ".kind") == 2 for m in (old, new))


def always(before, after, old, new, name):
    return True


# Field, and why another value cannot hurt, if the condition holds. Everything else can.
HARMLESS = [
    (r"(fmap\.(system|board)|memory\[\d+\]\.name)", "a name that only people read", always),
    (r"conf of monitor \d+\.(entry|entry_x0|timer_hz|(uart|rtc|watchdog)_(base|intid|clock_hz|hz|start)|"
     r"gic[dr]_base|load\[\d+\]\.(name|src|dst)|channel\[\d+\]\.\w+|trng)",
     "a monitor's view of its own VM: what it reaches is the same", always),
    (r"conf of service \d+\.focus", "whom the keyboard speaks to first", always),
    (r"services\[\d+\]\.(budget|period)_ns", "a budget, still below its period", below_its_period),
    (r"vms\[\d+\]\.(upcall|start)_budget_ns", "how long a VM's own monitor may think", always),
    (r"vms\[\d+\]\.health\.(action|notify|restarts|window_ns)",
     "what follows on a VM's health events, as may be said; the proof prints whom it reaches", always),
    (r"vcpus\[\d+\]\.doorbell_interval_ns", "how often doorbells may interrupt, as may be said", always),
    (r"vms\[\d+\]\.flags", "whether a VM starts by itself", always),
    (r"idregs\[\d+\]\.value\[\d+\]", "an ID register that promises its guest less", promises_less),
    (r"header\.zero_bytes", "more is cleared at start, of what is nobody's", clears_nobodys),
    (r"header\.(sum|sum_bytes|probe_pa)", "what lets the board start; if it is wrong the board says so",
     always),
    (r"header\.flags", "a fact of the board: whether it may be entered at EL3", always),
    (r"fmap\.intid_(maintenance|hyp_timer|virt_timer)", "a fact of the board: the number of a PPI", always),
    (r"memory\[\d+\]\.(bytes|pa|at)", "a fact of the board: where it has RAM that nobody uses", is_board_row),
    (r"binary of .*\.file_bytes", "a length that the tool alone read, of as many pages", as_many_pages),
    (r"irqs\[\d+\]\.edge", "a fact of the board: edge or level, of a service's interrupt", of_service),
]

# Arrays with their own counts: what lies beyond is not read.
COUNTS = [
    (r"conf of monitor \d+\.ram\[(\d+)\]", "ram_count"),
    (r"conf of monitor \d+\.load\[(\d+)\]", "load_count"),
    (r"conf of monitor \d+\.channel\[(\d+)\]", "channel_count"),
    (r"conf of service \d+\.channel\[(\d+)\]", "channel_count"),
    (r"conf of service \d+\.vm_name\[(\d+)\]", "vm_count"),
]


def is_beyond(name, meaning):
    for pattern, count in COUNTS:
        match = re.match(pattern, name)
        if match:
            structure = name[:name.index(".")]
            return int(match.group(1)) >= meaning.number(f"{structure}.{count}")
    return False


def reason(name, old, new):
    if is_beyond(name, old) and is_beyond(name, new):
        return "beyond the count of its array: not read"
    for pattern, why, holds in HARMLESS:
        if re.fullmatch(pattern, name) and holds(old.fields[name], new.fields[name], old, new, name):
            return why
    return None


def judge(old, mutant):
    """Why a mutant is harmless, or None: it breaks something. `old` is what the image meant."""
    try:
        new = Meaning(mutant)
    except Unreadable:
        return None
    if set(old.fields) != set(new.fields) or not takes_away(old.access, new.access):
        return None
    reasons = set()
    for name, value in new.fields.items():
        if value != old.fields[name]:
            reasons.add(reason(name, old, new))
    if None in reasons:
        return None
    if old.access != new.access:
        reasons.add("a permission only taken away")
    return "; ".join(sorted(reasons)) or "not read: padding, or what is not valid"
