#!/usr/bin/env python3
"""Prints those of the given .cc files that define a file-local name which an earlier one has too.

Unity builds put several files into one translation unit, where the anonymous namespaces of all of
them are one. The search is on the safe side: a file named here is only compiled by itself.
"""
import re
import sys

ANONYMOUS = re.compile(r"\bnamespace\s*\{")
DEFINITION = re.compile(
    r"^(?:(?:class|struct|enum(?:\s+class)?|union)\s+(\w+)|using\s+(\w+)\s*=|"
    r"[\w:<>,&*\[\]\s]*?\b(\w+)\s*(?:\(|=|\{|\[|;))")


def local_names(text):
    """Names that the file keeps to itself: anonymous namespace, static at file level, macros."""
    macros = set(re.findall(r"^#define\s+(\w+)", text, re.M))
    names = {m for m in re.findall(r"^static\s[^(=;{]*?\b(\w+)\s*[(=;{]", text, re.M)}
    for start in ANONYMOUS.finditer(text):
        end = re.search(r"^\}\s*//\s*namespace\s*$", text[start.end():], re.M)
        body = text[start.end():start.end() + end.start()] if end else text[start.end():]
        for block in re.split(r"^\}\s*;?", body, flags=re.M):
            for line in block.splitlines():
                found = DEFINITION.match(line) if line[:1].isalpha() else None
                if found:
                    names.add(next(group for group in found.groups() if group))
    # TEST(...) and other macros in the place of a definition name nothing themselves.
    return macros | {name for name in names if not name.isupper()}


def main():
    seen = set()
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        names = local_names(text)
        if names & seen or "using namespace" in text:
            print(path)
        else:
            seen |= names


main()
