"""One folder with the speed layer's input and state: runs it, kills it, reads what it wrote."""

import os
import shutil
import subprocess
from pathlib import Path

import outputs

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines" / "speed_layer"
USERS = 36_000
TOPICS = ("user_events", "transactions")
# The speed layer with topics as logs and all else as files: no embedded store to start.
LOG_PROFILE = """
profile chaos_log extends files {
  replace kafka with log(dir: "data/log")
  source user_events from log(
    dir: "data/log", topic: "user_events", start: "earliest", end: "latest",
  )
  source transactions from log(
    dir: "data/log", topic: "transactions", start: "earliest", end: "latest",
  )
}
"""


def call(command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}\n"
                           f"{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def make_input(flowc, folder, through, events):
    """Generated events; the same bytes each time."""
    files = folder / "files"
    for part in ("log", "tables"):
        (files / part).mkdir(parents=True)
    oracle = ROOT / "tests" / "oracle"
    call([flowc, "run", ROOT / "bench" / "e2e" / "users.flow", "--quiet", "--param",
          f"dir={files}", "--param", "seed=7", "--param", f"users={USERS}"])
    for name, count in (("events", events), ("transactions", events // 20)):
        call([flowc, "run", oracle / f"generate_{name}.flow", "--quiet", "--param",
              f"dir={files}", "--param", f"count={count}", "--param", f"users={USERS}"])
    data = folder / "data"
    data.mkdir()
    if through == "files":
        (files / "log").rename(data / "log")
    else:
        call([flowc, "run", oracle / "load_topics.flow", "--quiet", "--profile", "log", "--param",
              f"dir={files / 'log'}"], cwd=folder)
    (files / "tables").rename(data / "tables")
    shutil.rmtree(files)
    # The bundled pipeline, and a profile for this test.
    shutil.copytree(PIPELINE, folder / "pipeline")
    with open(folder / "pipeline" / "speed_layer.flow", "a", encoding="utf-8") as flow:
        flow.write(LOG_PROFILE)


class SpeedLayerRun:
    def __init__(self, flowc, source, folder, through, events):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)
        self.flowc, self.folder, self.through = flowc, folder, through
        self.events = events

    def start(self, workers, every, rate=0, kill_at=None):
        """`rate`: events per second; 0: as fast as it goes."""
        environment = dict(os.environ)
        environment.pop("WEIR_KILL_AT", None)
        if kill_at:
            environment["WEIR_KILL_AT"] = kill_at
        command = [self.flowc, "run", self.folder / "pipeline" / "speed_layer.flow", "--profile",
                   "files" if self.through == "files" else "chaos_log",
                   "--param", f"min_rate={rate}", "--param", f"max_rate={rate}",
                   "--param", f"checkpoint_every={every}", "--workers", workers,
                   "--quiet", "--state", "state", "--summary", "summary.json"]
        with open(self.folder / "stderr.txt", "ab") as stderr:
            return subprocess.Popen([str(part) for part in command], cwd=self.folder,
                                    env=environment, stdout=subprocess.DEVNULL, stderr=stderr)

    def stderr(self):
        return (self.folder / "stderr.txt").read_text(errors="replace")

    def expect_end(self, process):
        if process.wait(timeout=3600) != 0:
            raise RuntimeError(f"flowc ended with {process.returncode}\n{self.stderr()[-3000:]}")

    def outputs(self):
        found = outputs.read_folders(self.folder / "data")
        if self.through == "files":
            return found
        for topic in sorted(path.name for path in (self.folder / "data" / "log").iterdir()):
            if topic in TOPICS or topic.startswith("."):
                continue
            out = self.folder / "dump.jsonl"
            call([self.flowc, "run", Path(__file__).with_name("dump_topic.flow"), "--quiet",
                  "--param", f"topic={topic}", "--param", f"out={out}"], cwd=self.folder)
            found[topic] = outputs.rows_of(topic, out.read_text().splitlines())
            out.unlink()
        return found

    def ledger(self):
        return outputs.ledger_of(self.folder / "summary.json")
