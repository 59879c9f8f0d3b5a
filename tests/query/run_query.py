#!/usr/bin/env python3
"""Asks running pipelines, and the stores that they left, with flowc query.

  run_query.py --flowc build/release/bin/flowc
"""

import argparse
import csv
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

PATIENCE = 60  # seconds until something that must happen counts as missing
SKIPPED = 77

PIPELINE = """
pipeline %(name)s { checkpoint = { every: 200ms } }
schema Click {
  at: timestamp
  page: string
  n: int32
}
source clicks: Click
  from generator(rate: 5000, seed: 1)
  time at watermark lag 1s
  on error fail
sink all_clicks
  to store(dir: "store", table: "all_clicks")
  batch 1000 rows or 200ms
  on error fail
from clicks |> into all_clicks
view pages key (page) retain 90d to store(dir: "store", table: "pages") =
  from clicks |> by_page: aggregate views = count(), total = sum(n) by page emit on update
view newest key (page) retain 90d =
  from clicks |> by_newest: aggregate views = count() by page emit on update
"""


class Failure(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Failure(what)


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise Failure(f"not within {PATIENCE} s: {what}")


class Flowc:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.running = []

    def call(self, *arguments, cwd=None, stdin=None):
        return subprocess.run([self.program, *arguments], cwd=cwd or self.folder, input=stdin,
                              capture_output=True, text=True, timeout=PATIENCE)

    def query(self, sql, *options, **more):
        done = self.call("query", *options, sql, **more)
        expect(done.returncode == 0, f"{sql}: {done.stderr}")
        return done.stdout

    def rows(self, sql, *options, **more):
        return [json.loads(line) for line in self.query(sql, "--json", *options, **more).splitlines()]

    def count(self, table):
        done = self.call("query", "--json", f"SELECT count() AS n FROM {table}")
        return json.loads(done.stdout)["n"] if done.returncode == 0 else 0

    def refused(self, sql, word, *options, **more):
        done = self.call("query", *options, sql, **more)
        expect(done.returncode == 1 and word in done.stderr and not done.stdout,
               f"{sql}: expected a failure with {word!r}: {done.returncode} {done.stderr}")

    def start(self, name, *options):
        file = self.folder / f"{name}.flow"
        file.write_text(PIPELINE % {"name": name})
        log = open(self.folder / f"{name}.log", "w")
        process = subprocess.Popen([self.program, "run", file.name, *options], cwd=self.folder,
                                   stdout=log, stderr=log)
        self.running.append(process)
        return process

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        expect(process.wait(timeout=PATIENCE) == 0, f"flowc run ended with {process.returncode}")

    def end(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()


def socket_of(flowc, name):
    return flowc.folder / ".weir" / name / "weir.sock"


def ask_raw(path, request):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        client.connect(str(path))
        client.sendall(json.dumps({"weir": 1, **request}).encode() + b"\n")
        with client.makefile("rb") as answer:
            head = json.loads(answer.readline())
            return head, answer.read(head["body"])


def check_while_running(flowc):
    first = until(lambda: flowc.count("all_clicks"), "rows in the table")
    until(lambda: flowc.count("all_clicks") > first, "more rows in the table")
    until(lambda: flowc.count("pages") > 5, "rows in the view of the store")
    until(lambda: flowc.count("newest") > 5, "rows in the view in memory")
    # The latest row per key, whatever the parts of the table hold.
    doubled = flowc.rows("SELECT page FROM pages GROUP BY page HAVING count() > 1")
    expect(doubled == [], f"keys that come twice: {doubled}")
    joined = flowc.rows("SELECT count() AS n FROM pages AS p JOIN newest AS n USING (page)")
    expect(joined[0]["n"] > 5, f"a join of both: {joined}")
    table = flowc.query("SELECT page, views FROM pages ORDER BY views DESC, page LIMIT 3")
    expect(len(table.splitlines()) == 4 and table.startswith("page"), table)
    rows = list(csv.reader(io.StringIO(flowc.query("SELECT page, views FROM pages ORDER BY page",
                                                   "--format", "csv"))))
    expect(rows[0] == ["page", "views"] and int(rows[1][1]) > 0, f"csv: {rows[:3]}")
    expect(flowc.query("-", "--json", stdin="SELECT 1 AS x") == '{"x":1}\n', "a query from stdin")
    overview = json.loads(flowc.call("query", "--json").stdout)
    kinds = {table["name"]: table["kind"] for table in overview["tables"]}
    expect(kinds == {"all_clicks": "table", "pages": "table", "newest": "view in memory"},
           f"overview: {overview}")
    for query in overview["queries"]:
        flowc.query(query)
    expect(len(overview["queries"]) == 3, f"example queries: {overview}")
    expect("flowc query \"SELECT" in flowc.call("query").stdout, "an overview with commands")


def check_refusals(flowc):
    before = flowc.count("pages")
    for sql in ("DROP TABLE pages", "INSERT INTO pages VALUES (1)", "TRUNCATE TABLE all_clicks",
                "SET readonly = 0", "SYSTEM STOP MERGES", "KILL QUERY WHERE 1"):
        flowc.refused(sql, "only reads")
    for sql in ("SELECT * FROM pages INTO OUTFILE 'stolen'", "SELECT file('/etc/passwd')",
                "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
                "SELECT * FROM executable('x', 'TSV', 'a String')"):
        flowc.refused(sql, "is not run")
    flowc.refused("SELECT 1 SETTINGS readonly = 0", "only reads")
    flowc.refused("SELECT 1; SELECT 2", "one statement")
    flowc.refused("SELECT * FROM page", "pages")
    flowc.refused("SELECT * FROM newst", "newest")
    flowc.refused("SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
                  "--timeout", "--timeout", "0.5")
    flowc.refused("SELECT * FROM numbers(2000)", "--max-rows", "--max-rows", "1000")
    expect(not list(flowc.folder.rglob("stolen")), "a file was written")
    expect(flowc.count("pages") >= before, "rows were lost")


def check_many(flowc, name):
    path = socket_of(flowc, name)
    expect(path.stat().st_mode & 0o777 == 0o600, "the socket is for its user only")
    silent = [socket.socket(socket.AF_UNIX) for _ in range(5)]
    for client in silent:
        client.connect(str(path))
        client.sendall(b'{"weir":1,"requ')
    times, wrong = [], []

    def ask(i):
        start = time.monotonic()
        head, body = ask_raw(path, {"request": "query", "format": "csv",
                                    "sql": f"SELECT count() > 0 AS some, {i} AS i FROM all_clicks"})
        times.append(time.monotonic() - start)
        if not head["ok"] or body != b'"some","i"\n1,%d\n' % i:
            wrong.append((head, body))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(not wrong and len(times) == 50, f"50 at once: {wrong[:3]}, {len(times)} answers")
    for client in silent:
        client.close()
    head, _ = ask_raw(path, {"request": "status"})
    expect(head["ok"] and head["run"]["pipeline"] == name and head["records_read"] > 0, f"{head}")
    return max(times)


def check_two_runs(flowc, process):
    second = flowc.call("run", "shop.flow")
    expect(second.returncode == 1 and ".weir/shop" in second.stderr and "--state" in second.stderr
           and str(process.pid) in second.stderr, f"a second run: {second.stderr}")
    elsewhere = flowc.folder / "elsewhere"
    elsewhere.mkdir()
    flowc.refused("SELECT 1", str(process.pid), "--store", "../store", cwd=elsewhere)
    flowc.refused("SELECT 1", ".weir/*", cwd=elsewhere)
    rows = flowc.rows("SELECT 1 AS x", "--state", "../.weir/shop", cwd=elsewhere)
    expect(rows == [{"x": 1}], "through --state")
    expect(flowc.rows("SELECT 1 AS x", "--store", "store") == [{"x": 1}], "through --store")
    done = flowc.call("query", "shop.flow", "SELECT 1 AS x", "--json")
    expect(done.stdout == '{"x":1}\n', f"through the file: {done.stderr}")


def check_after(flowc, written):
    """`written`: rows that the run's ledger says went into the table."""
    expect(not socket_of(flowc, "shop").exists(), "the socket goes with the run")
    rows = flowc.rows("SELECT count() AS n FROM all_clicks")
    expect(rows == [{"n": written}], f"after the run: {rows}, written {written}")
    total = flowc.rows("SELECT sum(views) AS n FROM pages")
    expect(total == [{"n": written}], f"the view after the run: {total}, written {written}")
    flowc.refused("SELECT * FROM newest", "UNKNOWN_TABLE")
    flowc.refused("DROP TABLE pages", "only reads")
    overview = json.loads(flowc.call("query", "--json").stdout)
    expect({"name": "all_clicks", "kind": "table", "rows": written} in overview["tables"],
           f"{overview}")


def check_several(flowc):
    """Without a store: a run that only has views, twice, under two names."""
    folder = flowc.folder
    text = "\n".join(line for line in (PIPELINE % {"name": "NAME"}).splitlines()
                     if "all_clicks" not in line and "batch" not in line)
    text = text.replace('  on error fail\nview', 'view').replace(
        ' to store(dir: "store", table: "pages")', "")
    processes = []
    for name in ("one", "two"):
        (folder / f"{name}.flow").write_text(text.replace("NAME", name))
        log = open(folder / f"{name}.log", "w")
        processes.append(subprocess.Popen([flowc.program, "run", f"{name}.flow"], cwd=folder,
                                          stdout=log, stderr=log))
        flowc.running.append(processes[-1])
    for name in ("one", "two"):
        until(socket_of(flowc, name).exists, f"a socket of {name}")
    flowc.refused("SELECT 1", "--state .weir/two")
    until(lambda: flowc.rows("SELECT count() AS n FROM newest", "--state", ".weir/one")[0]["n"] > 5,
          "rows of a view without a store")
    processes[1].kill()
    processes[1].wait()
    expect(flowc.rows("SELECT 1 AS x") == [{"x": 1}], "a stale socket counts as none")
    flowc.stop(processes[0])
    expect(not (folder / ".weir" / "one").exists(), "a run without a store leaves nothing")


def check_killed(flowc):
    process = flowc.start("shop")
    before = until(lambda: socket_of(flowc, "shop").exists() and flowc.count("all_clicks"), "rows")
    process.kill()
    process.wait()
    rows = flowc.rows("SELECT count() AS n FROM all_clicks")
    expect(rows[0]["n"] >= before, f"after kill -9: {rows}, {before} were there")
    again = flowc.start("shop")
    until(lambda: flowc.count("all_clicks") > rows[0]["n"], "a new run replaces the stale socket")
    flowc.stop(again)


def run(flowc):
    process = flowc.start("shop", "--summary", "summary.json")
    until(socket_of(flowc, "shop").exists, "a socket")
    check_while_running(flowc)
    check_refusals(flowc)
    slowest = check_many(flowc, "shop")
    check_two_runs(flowc, process)
    flowc.stop(process)
    summary = json.loads((flowc.folder / "summary.json").read_text())
    ledger = next(entry for name, entry in summary["operators"].items() if "all_clicks" in name)
    check_after(flowc, ledger["rows_in"])
    check_several(flowc)
    check_killed(flowc)
    print(f"{ledger['rows_in']} rows; the slowest of 50 queries at once took {slowest:.3f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", required=True, type=Path)
    options = parser.parse_args()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "weir"
    installed = "WEIR_CHDB" in os.environ or any(cache.glob("chdb-*/libchdb.so"))
    if not installed and os.environ.get("WEIR_REQUIRE_STORE") != "1":
        print("skipped: needs the embedded ClickHouse engine, deploy/dev/install.sh --store")
        return SKIPPED
    folder = Path(tempfile.mkdtemp(prefix="weir-query-"))
    flowc = Flowc(options.flowc.resolve(), folder)
    try:
        run(flowc)
    except (Failure, subprocess.TimeoutExpired) as failure:
        print(f"FAILED: {failure}\nfiles: {folder}", file=sys.stderr)
        for log in folder.glob("*.log"):
            print(f"--- {log.name}\n{log.read_text()[-2000:]}", file=sys.stderr)
        return 1
    finally:
        flowc.end()
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
