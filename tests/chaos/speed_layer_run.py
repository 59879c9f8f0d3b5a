"""One folder with the speed layer's input and state: runs it, kills it, reads what it wrote."""

import os
import shutil
import subprocess
from pathlib import Path

import outputs

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PIPELINE = ROOT / "pipelines" / "speed_layer"
ORACLE = ROOT / "tests" / "oracle"
USERS = 36_000
INPUTS = ("user_events", "transactions")


def call(command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}\n"
                           f"{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


class Source:
    """Generated events, the same bytes each time, as a run wants to find them."""

    def __init__(self, flowc, folder, events):
        self.flowc, self.folder, self.events = flowc, folder, events
        self.data = folder / "data"

    def make(self):
        self.data.mkdir(parents=True)
        files = self.folder / "files"
        for part in ("log", "tables"):
            (files / part).mkdir(parents=True)
        call([self.flowc, "run", ROOT / "bench" / "e2e" / "users.flow", "--quiet", "--param",
              f"dir={files}", "--param", "seed=7", "--param", f"users={USERS}"])
        for name, count in (("events", self.events), ("transactions", self.events // 20)):
            call([self.flowc, "run", ORACLE / f"generate_{name}.flow", "--quiet", "--param",
                  f"dir={files}", "--param", f"count={count}", "--param", f"users={USERS}"])
        (files / "tables").rename(self.data / "tables")
        self.place(files / "log")
        shutil.rmtree(files)
        # The bundled pipeline, and the profiles of this test.
        shutil.copytree(PIPELINE, self.folder / "pipeline")
        with open(self.folder / "pipeline" / "speed_layer.flow", "a", encoding="utf-8") as flow:
            flow.write((HERE / "profiles.flow").read_text(encoding="utf-8"))

    def place(self, records):
        """Puts the files of records to where the runs read them."""
        records.rename(self.data / "log")

    def clear(self):
        """Removes what lies outside of the folder."""


class LogSource(Source):
    def place(self, records):
        call([self.flowc, "run", ORACLE / "load_topics.flow", "--quiet", "--profile", "log",
              "--param", f"dir={records}"], cwd=self.folder)


class SpeedLayerRun:
    """From files into files."""

    profile = "files"
    source = Source

    def __init__(self, source, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source.folder, folder)
        self.flowc, self.folder = source.flowc, folder

    def parameters(self):
        return {}

    def start(self, workers, every, rate=0, kill_at=None):
        """`rate`: events per second; 0: as fast as it goes."""
        environment = dict(os.environ)
        environment.pop("WEIR_KILL_AT", None)
        if kill_at:
            environment["WEIR_KILL_AT"] = kill_at
        command = [self.flowc, "run", self.folder / "pipeline" / "speed_layer.flow", "--profile",
                   self.profile, "--workers", workers, "--quiet", "--state", "state", "--summary",
                   "summary.json"]
        parameters = {"min_rate": rate, "max_rate": rate, "checkpoint_every": every,
                      **self.parameters()}
        for name, value in parameters.items():
            command += ["--param", f"{name}={value}"]
        with open(self.folder / "stderr.txt", "ab") as stderr:
            return subprocess.Popen([str(part) for part in command], cwd=self.folder,
                                    env=environment, stdout=subprocess.DEVNULL, stderr=stderr)

    def stderr(self):
        return (self.folder / "stderr.txt").read_text(errors="replace")

    def expect_end(self, process):
        if process.wait(timeout=3600) != 0:
            raise RuntimeError(f"flowc ended with {process.returncode}\n{self.stderr()[-3000:]}")

    def outputs(self):
        """A folder with the sorted rows of each output."""
        kept = self.folder / "outputs"
        kept.mkdir()
        self.keep_outputs(kept)
        return kept

    def keep_outputs(self, kept):
        for folder in sorted({part.parent for part in (self.folder / "data").rglob("part-*")}):
            parts = outputs.parts_in_order_of_delivery(folder)
            outputs.keep(kept, folder.name, outputs.lines_of(parts))

    def ledger(self):
        return outputs.ledger_of(self.folder / "summary.json")

    def problems(self):
        """What is wrong apart from its outputs and its ledger."""
        return []


class LogRun(SpeedLayerRun):
    """From log topics into log topics and files."""

    profile = "chaos_log"
    source = LogSource

    def keep_outputs(self, kept):
        super().keep_outputs(kept)
        for topic in sorted(path.name for path in (self.folder / "data" / "log").iterdir()):
            if topic in INPUTS or topic.startswith("."):
                continue
            out = self.folder / "dump.jsonl"
            call([self.flowc, "run", HERE / "dump_topic.flow", "--quiet", "--param",
                  f"topic={topic}", "--param", f"out={out}"], cwd=self.folder)
            outputs.keep(kept, topic, outputs.lines_of([out]))
            out.unlink()
