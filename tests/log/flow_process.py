"""Runs flowc in a folder and reads what it wrote."""

import json
import subprocess
import time
from pathlib import Path

DEADLINE = 60


class Flowc:
    def __init__(self, program, folder):
        self.program = Path(program).resolve()
        self.folder = Path(folder)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def start(self, *arguments):
        return subprocess.Popen([self.program, *map(str, arguments)], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *arguments, expect=0):
        done = subprocess.run([self.program, *map(str, arguments)], cwd=self.folder,
                              capture_output=True, timeout=DEADLINE * 2)
        done.stdout = done.stdout.decode(errors="replace")
        done.stderr = done.stderr.decode(errors="replace")
        if done.returncode != expect:
            raise AssertionError(f"flowc {' '.join(map(str, arguments))} ended with "
                                 f"{done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
        return done

    def lines(self, *patterns):
        found = []
        for pattern in patterns:
            for path in sorted(self.folder.glob(pattern)):
                found += path.read_text().splitlines()
        return found

    def rows(self, *patterns):
        return [json.loads(line) for line in self.lines(*patterns)]

    def wait_for(self, condition, what):
        until = time.monotonic() + DEADLINE
        while not condition():
            if time.monotonic() > until:
                raise AssertionError(f"{what} did not happen within {DEADLINE} s")
            time.sleep(0.02)


def same(got, expected, what):
    if got != expected:
        raise AssertionError(f"{what}:\n  got      {str(got)[:2000]}\n  expected {str(expected)[:2000]}")
