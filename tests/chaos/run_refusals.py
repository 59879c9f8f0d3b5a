#!/usr/bin/env python3
"""A state folder that does not belong to what its targets hold is refused, never used in silence.

  run_refusals.py --flowc build/release/bin/flowc

A pipeline writes part files and a log topic from a state folder. Then it is started from an older
copy of that folder, from an empty one, from one whose target was emptied, and twice at once: each
start is refused with both marks (or the owner of the folder), changes nothing, and goes on with
--accept-resend where rows may be repeated, and with --mute-until-mark without repeating any.
"""

import json
import shutil
import subprocess
import sys

from cases import run_cases
from numbers_pipeline import DEADLINE, PIPELINE, STATEFUL, Pipeline, all_of, expected_rows, same


def older_copy(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    shutil.copytree(pipeline.folder / "state", pipeline.folder / "older")
    pipeline.give(100)
    pipeline.run(until=200)
    same(pipeline.rows(), all_of(200), "two runs")
    pipeline.is_refused("the target is ahead of the state", "--accept-resend",
                        "--mute-until-mark", pipeline.incarnation(), "checkpoint", state="older")
    pipeline.run("--accept-resend", state="older", until=300)
    same(pipeline.rows(), [sorted([*range(200), *range(100, 200)])] * 2,
         "what the older state does not know is sent again")
    pipeline.give(10)
    pipeline.run(state="older", until=310)
    same([rows[-10:] for rows in pipeline.rows()], [list(range(200, 210))] * 2, "then all fits")


def empty_state(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    pipeline.is_refused("another state delivered to this target", pipeline.incarnation(),
                        "without a checkpoint", "--accept-resend", "--mute-until-mark",
                        state="new")
    same(len({pipeline.incarnation(), pipeline.incarnation("new")}), 2, "incarnations")
    pipeline.run("--accept-resend", state="new", until=200)
    same(pipeline.rows(), [sorted([*range(100), *range(100)])] * 2, "all is sent again")
    pipeline.give(10)
    pipeline.run(state="new", until=210)
    same([rows[-10:] for rows in pipeline.rows()], [list(range(100, 110))] * 2, "then all fits")


def muted(text):
    return [line for line in text.splitlines() if "they send from here on" in line]


def older_copy_muted(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    shutil.copytree(pipeline.folder / "state", pipeline.folder / "older")
    pipeline.give(100)
    pipeline.run(until=200)
    pipeline.give(50)  # these neither has
    text = pipeline.run("--mute-until-mark", state="older", until=250)
    same(pipeline.rows(), all_of(250), "what the older state does not know is not sent again")
    same(len(muted(text)), 1, f"one place where both begin to send ({text})")
    same(pipeline.ledger()["topic"]["muted"], 100, "rows that were read again and not sent")
    pipeline.give(10)
    pipeline.run(state="older", until=260)
    same(pipeline.rows(), all_of(260), "then all fits, also without the option")


def empty_state_muted(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    text = pipeline.run("--mute-until-mark", state="new", until=100)
    same(pipeline.rows(), all_of(100), "nothing is sent again")
    same(len(muted(text)), 1, f"one place where both begin to send ({text})")
    pipeline.run(state="new", until=100)  # no mark of its own yet, and accepted all the same
    same(pipeline.rows(), all_of(100), "nor by the next start")
    pipeline.give(70)
    pipeline.run(state="new", until=170)
    same(pipeline.rows(), all_of(170), "new rows are sent")
    pipeline.is_refused("another state delivered to this target", pipeline.incarnation("new"))


def muted_and_killed(flowc, folder):
    """Killed at every step: a start that was muted goes on so, without being told."""
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    pipeline.give(20)
    for point in ("before-commit", "after-commit", "sink-delivered", "sink-prepared"):
        for passed in (1, 3):
            process = pipeline.start(*pipeline.muting("new"), state="new",
                                     kill_at=f"{point}:{passed}")
            process.communicate(timeout=DEADLINE)
    pipeline.run(*pipeline.muting("new"), state="new", until=120)
    same(pipeline.rows(), all_of(120), "after starts that were killed")


def marks_of_different_places(flowc, folder):
    """A sink that got its last row early is muted up to there, the other one further."""
    pipeline = Pipeline(flowc, folder)
    pipeline.pipeline(PIPELINE.replace("from numbers |> into files, topic", """
from numbers |> into files
from numbers |> where n < 50 |> into topic
"""))
    pipeline.run(until=100)
    pipeline.give(100)
    pipeline.run(until=200)
    text = pipeline.run("--mute-until-mark", state="new", until=200)
    pipeline.give(10)
    pipeline.run(state="new", until=210)
    same(pipeline.rows(), [list(range(210)), list(range(50))], "each once")
    same(len(muted(text)), 2, f"two places ({text})")


def cannot_be_muted(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    numbers = pipeline.folder / "numbers.jsonl"
    text = numbers.read_text()
    numbers.write_text("".join(text.splitlines(keepends=True)[:50]))
    pipeline.pipeline(PIPELINE.replace(", tail: true", ""))
    pipeline.is_refused("ends before the position", state="new", arguments=["--mute-until-mark"])
    numbers.write_text(text)
    mark = next((pipeline.folder / "out").glob(".weir-mark-*"))
    kept = mark.read_text()
    mark.write_text(" ".join(["weir-mark 1", *kept.split()[2:4]]) + "\n")
    pipeline.is_refused("has no positions", "--accept-resend", state="new",
                        arguments=["--mute-until-mark"])
    mark.write_text(kept)
    (next((pipeline.folder / "out").glob("part-*"))).rename(
        pipeline.folder / "out" / f"part-{pipeline.incarnation()}-0-999999.jsonl")
    pipeline.is_refused("has no positions", state="new", arguments=["--mute-until-mark"])


def after_another(flowc, folder):
    """`into topic after files`: nothing reaches the topic before the folder has it."""
    pipeline = Pipeline(flowc, folder)
    pipeline.pipeline(PIPELINE.replace("on error fail\nsink topic", "batch 1h\n  on error fail\nsink topic")
                      .replace("from numbers |> into files, topic",
                               "from numbers |> into files\nfrom numbers |> into topic after files"))
    process = pipeline.start()
    pipeline.wait_for(process, lambda: pipeline.commits("state") >= 10)
    same(pipeline.rows(), [[], []], "while the folder's part is open")
    pipeline.stop(process)
    same(pipeline.rows(), all_of(100), "at the end")
    pipeline.pipeline((pipeline.folder / "refusals.flow").read_text().replace("batch 1h", ""))
    pipeline.give(50)
    for point in ("after-commit:2", "sink-delivered:1", "sink-delivered:2"):
        pipeline.give(10)
        pipeline.start(kill_at=point).communicate(timeout=DEADLINE)
        files, topic = pipeline.rows()
        same(topic, files[:len(topic)], f"killed at {point}: the topic has no more than the folder")
    pipeline.run(until=180)
    same(pipeline.rows(), all_of(180), "each once")


def lost_disk(flowc, folder):
    """`durability = snapshot`: the state's disk is lost, and the snapshot is not behind targets."""
    pipeline = Pipeline(flowc, folder)
    pipeline.pipeline(PIPELINE.replace("pipeline refusals {", """pipeline refusals {
  durability = snapshot
  snapshot = { every: 1h, dir: "backup" }"""))
    process = pipeline.start()
    pipeline.wait_for(process, lambda: pipeline.commits("state") >= 10)
    same(pipeline.rows(), [[], []], "before a snapshot has anything")
    pipeline.stop(process)
    same(pipeline.rows(), all_of(100), "with the snapshot at the end")
    pipeline.give(50)
    commits = pipeline.commits("state")
    process = pipeline.start()
    pipeline.wait_for(process, lambda: pipeline.commits("state") >= commits + 10)
    process.kill()
    process.communicate()
    same(pipeline.rows(), all_of(100), "no snapshot has the new rows")
    shutil.rmtree(pipeline.folder / "state")
    snapshot = max((pipeline.folder / "backup" / "refusals").iterdir())
    manifest = json.loads((snapshot / "manifest.json").read_text())
    same(sorted(manifest["codec_versions"]), ["ledger", "sinks", "source"], "its codecs")
    subprocess.run([pipeline.flowc, "restore", snapshot, "state"], cwd=pipeline.folder, check=True,
                   capture_output=True)
    pipeline.is_refused("another state delivered", "--mute-until-mark")
    process = pipeline.start("--mute-until-mark")
    pipeline.wait_for(process, lambda: pipeline.commits("state") >= commits + 10)
    pipeline.stop(process)
    same(pipeline.rows(), all_of(150), "each once after the loss")


def lost_target(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    shutil.rmtree(pipeline.folder / "out")
    pipeline.is_refused("files", "what was delivered is gone", "no mark", "--accept-resend")
    pipeline.give(10)
    pipeline.run("--accept-resend", until=10)
    same(pipeline.rows(), [list(range(100, 110)), list(range(110))], "only new rows are sent")


def lost_right_after_its_only_commit(flowc, folder):
    """The state does not know yet that anything was delivered, but it lists what was."""
    pipeline = Pipeline(flowc, folder)
    process = pipeline.start(kill_at="sink-delivered:2")
    process.communicate(timeout=DEADLINE)
    shutil.rmtree(pipeline.folder / "out")
    shutil.rmtree(pipeline.folder / "log")
    pipeline.is_refused("is gone", "--accept-resend")
    pipeline.give(10)
    pipeline.run("--accept-resend", until=10)
    same(pipeline.rows(), [list(range(100, 110))] * 2, "only new rows are sent")
    pipeline.give(10)
    pipeline.run(until=20)
    same(pipeline.rows(), [list(range(100, 120))] * 2, "then all fits")


def twice_at_once(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    first = pipeline.start()
    pipeline.wait_until(first, 100)
    for arguments in ((), ("--accept-resend",)):
        pipeline.is_refused(str(first.pid), arguments=arguments)
    # Another state folder does not help either: the targets are claimed.
    pipeline.is_refused("another", state="other")
    pipeline.is_refused("another", state="other", arguments=("--accept-resend",))
    pipeline.give(10)
    pipeline.wait_for(first, lambda: len(pipeline.delivered()) >= 110)
    pipeline.stop(first)
    same(pipeline.rows(), all_of(110), "after both")


def changed_pipeline(flowc, folder):
    """What was stored is never read as something else: a look at the plan says so beforehand."""
    pipeline = Pipeline(flowc, folder, more=', "at": "2026-01-01T00:00:00Z"')
    pipeline.pipeline(STATEFUL)
    pipeline.run(until=100)
    rows, total = "rows: int64 = 0", "total: int64 = 0"
    for changed, *message in (
            (STATEFUL.replace(f"{rows}\n         {total}", f"{total}\n         {rows}"),
             "numbers/sums keeps another state", "total: int64; rows: int64"),
            (STATEFUL.replace(total, total + "\n         more: int64 = 0"),
             "numbers/sums keeps another state"),
            (STATEFUL.replace("by parity", "by n"), "now:  process by n: int64"),
            (STATEFUL.replace("sums:", "totals:"), "numbers/sums is not there any more",
             "numbers/totals is new"),
            (STATEFUL.replace("from numbers |> into", "from numbers |> where n > 5 |> into"),
             "topic reads from"),
            (STATEFUL.replace("from numbers |> into topic", ""), "topic is not there any more")):
        pipeline.pipeline(changed)
        pipeline.is_refused("another form of this pipeline", *message)
    pipeline.pipeline(STATEFUL.replace("total += e.n", "total += e.n + 0"))
    pipeline.give(10)
    pipeline.run(until=110)
    got = [json.loads(line) for line in pipeline.delivered()]
    same(sorted(got, key=lambda row: row["n"]), expected_rows(110), "the state goes on")


def other_spelling(flowc, folder):
    """The same input file by another path goes on; one that is missed is named."""
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    pipeline.give(10)
    pipeline.pipeline(PIPELINE.replace('"numbers.jsonl"', f'"{folder}/./numbers.jsonl"'))
    pipeline.run(until=110)
    pipeline.give(10)
    pipeline.pipeline(PIPELINE)
    pipeline.run(until=120)
    same(pipeline.rows(), all_of(120), "each row once, whatever the path")
    (folder / "numbers.jsonl").rename(folder / "renamed.jsonl")
    pipeline.pipeline(PIPELINE.replace("numbers.jsonl", "renamed.jsonl"))
    told = pipeline.run(until=240)
    if "numbers.jsonl was read before and is not among the files" not in told:
        raise AssertionError(f"a missing file is not named: {told}")


if __name__ == "__main__":
    sys.exit(run_cases("refusals", __doc__, [
        older_copy, empty_state, older_copy_muted, empty_state_muted, muted_and_killed,
        marks_of_different_places, cannot_be_muted, after_another, lost_disk, lost_target,
        lost_right_after_its_only_commit, changed_pipeline, other_spelling, twice_at_once]))
