#!/usr/bin/env python3
"""Checks that own code includes only what deploy/cmake/layers.cmake allows.

  check_layers.py [ROOT]       exit 0 when clean, 1 with one line per violation
  check_layers.py --self-test  shows that each kind of violation is found
"""
import pathlib
import re
import sys
import tempfile

TOP_FOLDERS = ("compiler", "runtime", "stdlib")
# Edges that no row may open, not even through others: (from, to), as prefixes of folder names.
NEVER = [
    ("compiler/", "runtime/exec"), ("compiler/", "runtime/operators"),
    ("compiler/", "runtime/state"), ("runtime/", "compiler/syntax"),
    ("runtime/", "compiler/ast"), ("runtime/", "compiler/semantic"),
    ("stdlib/", "compiler/"), ("stdlib/", "runtime/exec"), ("stdlib/", "runtime/operators"),
    ("runtime/connectors/", "runtime/connectors/"), ("runtime/operators", "runtime/connectors"),
]
# They link everything.
PROGRAMS = ("compiler/flowc", "runtime/flowd")
# Third-party headers that only the named folders may include.
CONFINED = [
    (re.compile(r"antlr4|(^|/)Flow(Lexer|Parser|Visitor|BaseVisitor|Listener)"), ("compiler/syntax",)),
    (re.compile(r"^rocksdb/"), ("runtime/state",)),
    (re.compile(r"^librdkafka/"), ("runtime/connectors/kafka",)),
    (re.compile(r"^simdjson"), ("runtime/format", "runtime/eval", "stdlib/scalar")),
]
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
ROW = re.compile(r"^weir_layer(_each)?\(([^)]*)\)", re.M)
KEYWORDS = {"DEPS", "LIBS", "TEST_DEPS", "SUBFOLDERS", "NO_UNITY"}


class Table:
    """The rows: folder -> folders that it declares; with_subfolders have rows below them."""

    def __init__(self, root):
        self.deps, self.with_subfolders = {}, set()
        text = (root / "deploy/cmake/layers.cmake").read_text(encoding="utf-8")
        text = re.sub(r"#.*", "", text)
        for each, body in ROW.findall(text):
            folder, *words = body.split()
            fields, key = {}, None
            for word in words:
                if word in KEYWORDS:
                    key = word
                    fields[key] = []
                else:
                    fields[key].append(word)
            deps = fields.get("DEPS", [])
            if each:
                for entry in sorted((root / folder).glob("*/")):
                    self.deps.setdefault(entry.relative_to(root).as_posix(), deps)
                continue
            if "SUBFOLDERS" in fields:
                self.with_subfolders.add(folder)
                deps = deps + [row for row in self.deps if row.startswith(folder + "/")]
            self.deps[folder] = deps

    def folder_of(self, path):
        """The row that a file belongs to, or None."""
        parts = path.split("/")[:-1]
        for size in range(len(parts), 1, -1):
            folder = "/".join(parts[:size])
            if folder in self.deps:
                return None if folder in self.with_subfolders and size < len(parts) else folder
        return None

    def visible(self, folder):
        """All folders that it sees, directly or through others, without itself unless in a cycle."""
        seen, todo = set(), list(self.deps[folder])
        while todo:
            dep = todo.pop()
            if dep not in seen:
                seen.add(dep)
                todo.extend(self.deps.get(dep, []))
        return seen


def check_table(table):
    for folder in table.deps:
        visible = table.visible(folder)
        if folder in visible:
            yield f"layers.cmake: {folder} sees itself (a cycle)"
        for dep in visible - set(table.deps):
            yield f"layers.cmake: {folder} names {dep}, which has no row"
        if folder in PROGRAMS:
            continue
        for source, target in NEVER:
            for dep in sorted(visible):
                if folder.startswith(source) and dep.startswith(target):
                    yield f"layers.cmake: {folder} must never see {dep}"


def check_file(table, root, path):
    name = path.relative_to(root).as_posix()
    folder = table.folder_of(name)
    if folder is None:
        yield f"{name}: its folder has no row in deploy/cmake/layers.cmake"
        return
    allowed = table.visible(folder) | {folder}
    text = path.read_text(encoding="utf-8")
    for found in INCLUDE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        header = found.group(2)
        owners = next((owners for pattern, owners in CONFINED if pattern.search(header)), None)
        if owners is not None:
            if folder not in owners:
                yield f"{name}:{line}: <{header}> is only for {', '.join(owners)}"
        elif header.split("/")[0] in TOP_FOLDERS:
            target = table.folder_of(header)
            if target not in allowed:
                yield f"{name}:{line}: {folder} must not include {header} ({target or 'no row'})"
        elif found.group(1) == '"':
            yield f'{name}:{line}: "{header}": own includes start at the root of the repository'


def violations(root):
    table = Table(root)
    yield from check_table(table)
    for top in TOP_FOLDERS:
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield from check_file(table, root, path)


def self_test():
    good = ("weir_layer(runtime/base LIBS fmt)\nweir_layer(runtime/state DEPS runtime/base)\n"
            "weir_layer(runtime/exec DEPS runtime/state)\nweir_layer(compiler/plan DEPS runtime/base)\n"
            "weir_layer(compiler/planner DEPS compiler/plan)\n"
            "weir_layer_each(runtime/connectors DEPS runtime/base)\n"
            "weir_layer(runtime/connectors SUBFOLDERS DEPS runtime/base)\n")
    cases = [  # what, table, file, include line, expected part of the one message (None: clean)
        ("a declared edge", good, "runtime/state/a.cc", '#include "runtime/base/s.h"', None),
        ("an edge through another", good, "runtime/exec/a.cc", '#include "runtime/base/s.h"', None),
        ("compiler to runtime/exec", good, "compiler/planner/a.cc",
         '#include "runtime/exec/t.h"', "must not include runtime/exec/t.h"),
        ("an upward include", good, "runtime/base/a.h", '#include "runtime/state/b.h"',
         "must not include"),
        ("one connector to another", good, "runtime/connectors/file/a.cc",
         '#include "runtime/connectors/kafka/k.h"', "must not include"),
        ("the list of connectors", good, "runtime/connectors/all.cc",
         '#include "runtime/connectors/file/f.h"', None),
        ("ANTLR outside syntax", good, "compiler/plan/a.cc", "#include <antlr4-runtime.h>",
         "only for compiler/syntax"),
        ("RocksDB outside state", good, "runtime/exec/a.cc", "#include <rocksdb/db.h>",
         "only for runtime/state"),
        ("a relative include", good, "runtime/base/a.cc", '#include "s.h"', "start at the root"),
        ("a folder without a row", good, "runtime/extra/a.cc", "", "has no row"),
        ("a forbidden row", good + "weir_layer(compiler/optimizer DEPS runtime/exec)\n",
         "runtime/base/a.cc", "", "compiler/optimizer must never see runtime/exec"),
        ("a cycle", good + "weir_layer(runtime/x DEPS runtime/y)\nweir_layer(runtime/y DEPS runtime/x)\n",
         "runtime/base/a.cc", "", "cycle"),
    ]
    failed = 0
    for what, table, name, line, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for connector in ("file", "kafka"):
                (root / "runtime/connectors" / connector).mkdir(parents=True)
            for path, text in (("deploy/cmake/layers.cmake", table), (name, line + "\n")):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            found = list(violations(root))
        ok = not found if expected is None else bool(found) and all(
            expected in message or "must never" in message for message in found) and any(
                expected in message for message in found)
        failed += not ok
        print(f"{'ok' if ok else 'FAILED'}: {what}: {found[0] if found else 'allowed'}")
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path(__file__).parents[2]
    found = list(violations(root.resolve()))
    print("\n".join(found) if found else "layers: clean")
    return 1 if found else 0


sys.exit(main())
