"""What the programs of this folder share: a folder to work in, which stays when something failed."""

import argparse
import shutil
import tempfile
from pathlib import Path


class Workplace:
    """`folder`: one that stays; else a temporary one, which goes when nothing failed."""

    def __init__(self, name, folder=None):
        self.stays = folder is not None
        self.base = (folder or Path(tempfile.mkdtemp(prefix=f"weir-{name}-"))).resolve()
        self.base.mkdir(parents=True, exist_ok=True)

    def close(self, failed):
        """The exit code."""
        if failed:
            print(f"see {self.base}", flush=True)
        elif not self.stays:
            shutil.rmtree(self.base)
        return 1 if failed else 0


def run_cases(name, description, cases):
    """A program of cases: runs each in a folder of its own and says how it ended; the exit code. A
    case takes flowc and the folder, returns what is to be said instead of "ok", and fails by an
    AssertionError."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flowc", required=True, type=Path)
    names = {case.__name__: case for case in cases}
    parser.add_argument("--case", action="append", choices=names, help="only this one; repeatable")
    options = parser.parse_args()
    flowc = options.flowc.resolve()
    place = Workplace(name)
    failed = 0
    for case in [names[name] for name in options.case or names]:
        folder = place.base / case.__name__
        folder.mkdir()
        try:
            print(f"{case.__name__}: {case(flowc, folder) or 'ok'}", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"{case.__name__}: FAILED: {error}", flush=True)
    return place.close(failed)
