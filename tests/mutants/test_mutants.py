# SPDX-License-Identifier: Apache-2.0
"""The checker under attack. A finished image is changed in thousands of ways and hashed again, so that
only what it maps and says can give it away. Each mutant that the checker lets pass goes before a judge
of its own (meaning.py), which must find it harmless. $O/mutants.txt has the counts."""

import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path.insert(0, str(HERE))
import layout  # noqa: E402
import meaning  # noqa: E402
import mutate  # noqa: E402
from image import Image  # noqa: E402

O = pathlib.Path(os.environ.get("O", "build")).resolve()
BATCH = 50
SEED = 1


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutants")
    path = folder / "target.img"
    (folder / "raw").write_bytes(bytes(range(256)) * 4)
    command = [O / "partita", "build", HERE / "target.dts", "-o", path, "-P", TOP / "platforms",
               "-I", folder]
    for name in ("kernel", "vmm", "console"):
        command += ["--" + name, O / (name + ".bin")]
    subprocess.run([str(word) for word in command], check=True, timeout=60)
    return Image(path.read_bytes(), layout.structs(O / "partita-verify"),
                 layout.numbers(TOP / "abi/layout.h"))


def verify(folder, images):
    """What the checker says about each."""
    paths = []
    for i, data in enumerate(images):
        paths.append(folder / f"{i}.img")
        paths[-1].write_bytes(data)
    run = subprocess.run([O / "partita-verify", "--json"] + paths, capture_output=True, text=True,
                         timeout=300)
    proofs = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(proofs) == len(paths) and run.returncode in (0, 1), run.stderr
    return proofs


def attack(tmp_path, original, mutants):
    """(name, image, proof) of each mutant. Two checkers at a time: each batch in a folder of its own."""
    mutants = ((name, mutant) for name, mutant in mutants if mutant.data != original.data)
    folders = [tmp_path / str(i) for i in range(os.cpu_count() or 1)]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(len(folders)) as pool:
        while True:
            batches = [list(itertools.islice(mutants, BATCH)) for _ in folders]
            jobs = [(batch, pool.submit(verify, folder, [mutant.hashed() for _, mutant in batch]))
                    for folder, batch in zip(folders, batches) if batch]
            for batch, job in jobs:
                for (name, mutant), proof in zip(batch, job.result()):
                    yield name, mutant, proof
            if not jobs:
                return


def test_the_original_is_proven(image, tmp_path):
    (proof,) = verify(tmp_path, [image.copy().hashed()])
    assert proof["proven"], proof["failures"]
    shared = [s for s in proof["sharing"] if "between VMs" in s["kind"]]
    ends = {(s["writer"], s["reader"]) for s in shared}
    assert ends == {("VM a", "VM b"), ("monitor of a", "VM b")}


@pytest.fixture(scope="module")
def tally(request):
    """Counts by group, for the summary (conftest.py) and a file."""
    counts = {}
    yield counts
    total = sum(counts.values(), collections.Counter())
    lines = [f"{n['made']:6} made {n['caught']:6} caught {n['harmless']:6} harmless  {group}"
             for group, n in {**counts, "in all": total}.items()]
    lines += [f"{n:6} harmless: {why}" for why, n in WHY.most_common()]
    (O / "mutants.txt").write_text("\n".join(lines) + "\n")
    request.config.mutants = lines


WHY = collections.Counter()
AIMED = {
    "aimed at an invariant": mutate.aimed,
}
BLIND = {
    "each bit of a descriptor of each kind": mutate.descriptor_bits,
    "bits of descriptors": lambda i: mutate.random_descriptor_bits(i, 500, SEED),
    "other values of fields": lambda i: mutate.fields(i, SEED),
    "bits of tables and the f-map, used or not": lambda i: mutate.random_bytes(i, 300, SEED),
    "descriptors that point elsewhere": lambda i: mutate.redirections(i, SEED),
    "tables of others": mutate.roots,
    "things that change places": mutate.swaps,
}


@pytest.mark.parametrize("group", AIMED)
def test_what_breaks_an_invariant_is_caught(group, image, tally, tmp_path):
    """Each of these is made to break one, and is caught for that. The judge has to say that it breaks
    something, too: so it is awake."""
    before = meaning.Meaning(image)
    count = tally[group] = collections.Counter()
    for (name, says), mutant, proof in attack(tmp_path, image, AIMED[group](image)):
        count["made"] += 1
        assert not proof["proven"], name
        assert any(re.search(says, failure) for failure in proof["failures"]), (name, proof["failures"])
        assert "hash differs" not in " ".join(proof["failures"]), name
        assert meaning.judge(before, mutant) is None, name
        count["caught"] += 1


@pytest.mark.parametrize("group", BLIND)
def test_mutants_are_caught_or_harmless(group, image, tally, tmp_path):
    before = meaning.Meaning(image)
    count = tally[group] = collections.Counter()
    escaped = []
    for name, mutant, proof in attack(tmp_path, image, BLIND[group](image)):
        count["made"] += 1
        if not proof["proven"]:
            count["caught"] += 1
            continue
        why = meaning.judge(before, mutant)
        count["harmless" if why else "escaped"] += 1
        WHY.update([why] if why else [])
        escaped += [] if why else [name]
    assert count["made"] >= 100
    assert not escaped
