#!/usr/bin/env python3
"""Compiles every ```flow block of the language reference, and runs its tests.

  check_reference.py FLOWC PAGE_OR_FOLDER…

A block of another language with the name of a file (```json order.json) is written beside the programs of
its page, which may name it. A block must pass `flowc check` without errors and `flowc fmt --check` must accept what `flowc fmt` made
of it.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

FILE = re.compile(r"^```\w+ ([\w./-]+\.\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```flow\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pages_of(arguments):
    for argument in map(Path, arguments):
        yield from sorted(argument.glob("*.md")) if argument.is_dir() else [argument]


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def main():
    flowc, failures, programs = sys.argv[1], 0, 0
    for page in pages_of(sys.argv[2:]):
        for number, block in enumerate(BLOCK.findall(page.read_text()), start=1):
            programs += 1
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "program.flow"
                file.write_text(block)
                for name, text in FILE.findall(page.read_text()):
                    (Path(folder) / name).write_text(text)
                commands = [[flowc, "check", str(file)]]
                if re.search(r"^test ", block, re.MULTILINE):
                    commands.append([flowc, "test", str(file)])
                commands += [[flowc, "fmt", str(file)], [flowc, "fmt", "--check", str(file)]]
                for command in commands:
                    code, output = run(command)
                    if code != 0:
                        failures += 1
                        print(f"{page.name}, program {number}: {' '.join(command[1:-1])}\n{output}")
                        break
    print(f"{programs} programs, {failures} failed")
    return 1 if failures or programs == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
