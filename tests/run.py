#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""run.py [check] [unit PROGRAM...] [pytest ARGUMENT...]

Runs `make check`'s rules, unit tests (cmocka programs) and pytest, and adds up what the last two tell
in JUnit's format; the rules count as one test. The last line is the sum, alone on it: "N passed, M
failed". A program that ends before it has told its results, and a run without any test, count as a
failure.
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOGS = os.path.join(os.environ.get("O", "build"), "test-logs")
UNIT_SECONDS = 120


def counts(suites):
    """(passed, failed) of elements <testsuite>."""
    passed = failed = 0
    for suite in suites:
        bad = sum(int(suite.get(kind) or 0) for kind in ("failures", "errors"))
        failed += bad
        passed += int(suite.get("tests")) - bad - int(suite.get("skipped") or 0)
    return passed, failed


def settle(what, suites, status):
    """The counts of a run; a status that they do not explain is a failure of its own."""
    passed, failed = counts(suites)
    if failed == 0 and (status != 0 or passed == 0):
        failed = 1
        print(f"{what}: " + (f"ended with status {status}" if status else "no test was run"))
    return passed, failed


def run_unit(program):
    """A cmocka program prints one document for each of its groups."""
    name = os.path.relpath(program, os.path.join(os.environ.get("O", "build"), "unit"))
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="XML")
    env.pop("CMOCKA_XML_FILE", None)
    try:
        run = subprocess.run([program], env=env, timeout=UNIT_SECONDS, capture_output=True, text=True,
                             errors="replace", stdin=subprocess.DEVNULL)
        status, output, errors = run.returncode, run.stdout, run.stderr
    except subprocess.TimeoutExpired:
        status, output, errors = "timeout", "", ""
    documents = re.findall(r"<testsuites>.*?</testsuites>", output, re.DOTALL)
    suites = [suite for text in documents for suite in ElementTree.fromstring(text).iter("testsuite")]
    passed, failed = settle(name, suites, status)
    print(f"unit {name}: {passed} passed, {failed} failed", flush=True)
    if failed:
        print(output, errors)
    return passed, failed


def run_pytest(arguments):
    results = os.path.join(LOGS, "pytest.xml")
    if os.path.exists(results):
        os.remove(results)
    status = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short",
                             "-rf", "--durations=5", "--junitxml", results, *arguments],
                            stdin=subprocess.DEVNULL).returncode
    suites = ElementTree.parse(results).getroot().iter("testsuite") if os.path.exists(results) else []
    return settle("pytest", suites, status)


def run_check():
    status = subprocess.run([sys.executable, "ci/check.py"], stdin=subprocess.DEVNULL).returncode
    return (0, 1) if status else (1, 0)


def main(arguments):
    os.chdir(TOP)
    os.makedirs(LOGS, exist_ok=True)
    parts = {}
    for word in arguments:
        if word in ("check", "unit", "pytest"):
            part = parts.setdefault(word, [])
        else:
            part.append(word)
    results = []
    if "check" in parts:
        results.append(run_check())
    if "unit" in parts:
        results += [run_unit(program) for program in parts["unit"]] or [(0, 1)]
    if "pytest" in parts:
        results.append(run_pytest(parts["pytest"]))
    sys.stdout.flush()
    passed = sum(result[0] for result in results)
    failed = sum(result[1] for result in results)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
