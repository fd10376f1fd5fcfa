# SPDX-License-Identifier: Apache-2.0
"""How many mutants were made, caught and harmless is told at the end of a run."""


def pytest_terminal_summary(terminalreporter, config):
    for line in getattr(config, "mutants", []):
        terminalreporter.write_line(f"mutants: {line}")
