#!/usr/bin/env python3
"""unity_groups.py SIZE FILE... says which .cc files can be compiled as one: "<group> <file>" a line.

A group has at most SIZE files. Unity builds put the files of a group into one translation unit,
where the anonymous namespaces of all of them are one, so files that define the same file-local name
never share a group. The search for names is on the safe side: what it takes for a name only moves
a file to another group. A file with `using namespace` is in no group and not printed.
"""
import re
import sys

ANONYMOUS = re.compile(r"\bnamespace\s*\{")
ALIAS = re.compile(r"^(?:using\s+|namespace\s+)(?:[\w:]*::)?(\w+)\s*(?:=[^;]*)?;", re.M)
DEFINITION = re.compile(
    r"^(?:(?:class|struct|enum(?:\s+class)?|union)\s+(\w+)|"
    r"[\w:<>,&*\[\]\s]*?\b(\w+)\s*(?:\(|=|\{|\[|;))")


def local_names(text):
    """What the file keeps to itself, by name: things in an anonymous namespace, what is static at
    file level, macros, aliases. An alias has its text as value, since two that are the same may
    stand in one unit; the rest has None."""
    names = dict.fromkeys(re.findall(r"^#define\s+(\w+)", text, re.M))
    names |= dict.fromkeys(re.findall(r"^static\s[^(=;{]*?\b(\w+)\s*[(=;{]", text, re.M))
    for start in ANONYMOUS.finditer(text):
        end = re.search(r"^\}\s*//\s*namespace\s*$", text[start.end():], re.M)
        body = text[start.end():start.end() + end.start()] if end else text[start.end():]
        for block in re.split(r"^\}\s*;?", ALIAS.sub("", body), flags=re.M):
            for line in block.splitlines():
                found = DEFINITION.match(line) if line[:1].isalpha() else None
                name = found and next(group for group in found.groups() if group)
                # TEST(...) and other macros in the place of a definition name nothing themselves.
                if name and not name.isupper():
                    names[name] = None
    for alias in ALIAS.finditer(text):
        names[alias.group(1)] = " ".join(alias.group().split())
    return names


def clash(names, taken):
    return any(name in taken and (text is None or taken[name] != text)
               for name, text in names.items())


def main():
    size = int(sys.argv[1])
    groups = []  # (files, what they keep to themselves)
    for path in sorted(sys.argv[2:]):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if "using namespace" in text:
            continue
        names = local_names(text)
        for files, taken in groups:
            if len(files) < size and not clash(names, taken):
                break
        else:
            files, taken = [], {}
            groups.append((files, taken))
        files.append(path)
        taken |= names
    for number, (files, _) in enumerate(groups):
        for path in files:
            print(f"{number} {path}")


main()
