"""Documents made from a JSON Schema: right ones, and ones with mistakes."""

import copy
import random
import uuid


class Documents:
    """Reads only the keywords that the schemas of this folder use."""

    def __init__(self, schema, seed):
        self.root = schema
        self.random = random.Random(seed)

    def resolved(self, schema):
        while True:
            if "$ref" in schema:
                target = self.root
                for part in schema["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
                schema = target
            elif "allOf" in schema:
                schema = schema["allOf"][0]
            elif "anyOf" in schema or "oneOf" in schema:
                schema = self.random.choice(schema.get("anyOf") or schema.get("oneOf"))
            else:
                return schema

    def text(self, schema):
        r = self.random
        kind = schema.get("format")
        if kind == "uuid":
            return str(uuid.UUID(int=r.getrandbits(128)))
        if kind == "date-time":
            moment = f"20{r.randint(10, 30)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}T{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}"
            return moment + r.choice(["Z", ".5Z", ".123456Z", "+02:00", "-11:30"])
        if kind == "date":
            return f"20{r.randint(10, 30)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"
        if kind == "ipv4":
            return ".".join(str(r.randint(0, 255)) for _ in range(4))
        if kind == "ipv6":
            return r.choice(["::1", "2001:db8::8a2e:370:7334", "fe80::1", "::ffff:10.0.0.1"])
        pattern = schema.get("pattern")
        if pattern == "^[A-Z]{2}-[0-9]+$":
            return r.choice("ABC") + r.choice("XYZ") + f"-{r.randint(0, 999)}"
        if pattern == "^[0-9]{5}$":
            return f"{r.randint(0, 99999):05}"
        low = schema.get("minLength", 0)
        high = schema.get("maxLength", low + 6)
        return "".join(r.choice("abcäß€😀xyz"[:3] if pattern else "abcäß€😀 \"\\") for _ in range(r.randint(low, high)))

    def number(self, schema, whole):
        r = self.random
        low = schema.get("minimum", schema.get("exclusiveMinimum", -50))
        high = schema.get("maximum", schema.get("exclusiveMaximum", 60))
        if not whole:
            return round(r.uniform(low + 0.25, high), 2)
        low += 1 if "exclusiveMinimum" in schema else 0
        high -= 1 if "exclusiveMaximum" in schema else 0
        step = schema.get("multipleOf", 1)
        return r.randint(-(-low // step), high // step) * step

    def value(self, schema, depth=0):
        r = self.random
        schema = self.resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return r.choice(schema["enum"])
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = r.choice(kind)
        if kind is None:
            kind = "object" if "properties" in schema else r.choice(["string", "integer", "null", "array"])
        if kind == "object":
            return self.object(schema, depth)
        if kind == "array":
            low = schema.get("minItems", 0)
            count = r.randint(low, schema.get("maxItems", low + 3))
            return [self.value(schema.get("items", {}), depth + 1) for _ in range(count)]
        return {"string": lambda: self.text(schema), "integer": lambda: self.number(schema, True),
                "number": lambda: self.number(schema, False), "boolean": lambda: r.random() < 0.5,
                "null": lambda: None}[kind]()

    def object(self, schema, depth):
        r = self.random
        out = {}
        for name, inner in schema.get("properties", {}).items():
            if name in schema.get("required", []) or r.random() < 0.6:
                out[name] = self.value(inner, depth + 1)
        extra = schema.get("additionalProperties", True)
        if extra is not False and r.random() < 0.3:
            for _ in range(r.randint(1, 2)):
                out["k" + str(r.randint(0, 9))] = self.value(extra if isinstance(extra, dict) else {}, depth + 1)
        return out

    def places(self, value, path=()):
        yield path
        if isinstance(value, dict):
            for name in value:
                yield from self.places(value[name], path + (name,))
        if isinstance(value, list):
            for i, inner in enumerate(value):
                yield from self.places(inner, path + (i,))

    def other(self, value):
        """Something near `value`, or far from it."""
        r = self.random
        near = {
            str: lambda: r.choice([value + "x", value[:-1], value.upper(), "", " " + value, value * 3, value.replace("-", ""),
                                   value.replace("T", "x"), value.replace("Z", ""), value.replace(".", "..")]),
            bool: lambda: not value,
            int: lambda: r.choice([value + 1, value - 1, -value - 1, value * 10, 0, 151, value + 0.5]),
            float: lambda: r.choice([value + 200, -value, 0, value * 1000, int(value)]),
            list: lambda: r.choice([value + value, value[1:], [], value + [None], value * 5]),
            dict: lambda: r.choice([{}, {**value, "unknown": 1}, {k: v for i, (k, v) in enumerate(value.items()) if i},
                                    {**value, "zip": None}]),
            type(None): lambda: 0,
        }[type(value)]
        far = lambda: r.choice([None, True, False, 0, 1, -1, 2, 2.5, "", "text", [], [1], ["a"], [None], {}, {"a": 1}, {"x": 3}])
        return near() if r.random() < 0.65 else far()

    def spoiled(self, document):
        r = self.random
        out = copy.deepcopy(document)
        for _ in range(r.choice([1, 1, 1, 2])):
            path = r.choice(list(self.places(out)))
            if not path:
                if out and r.random() < 0.5:
                    out.pop(r.choice(list(out)))
                else:
                    out["unknown" + str(r.randint(0, 3))] = r.choice([1, "a", None, {}, 7])
                continue
            at = out
            for step in path[:-1]:
                at = at[step]
            if isinstance(at, dict) and r.random() < 0.25:
                at.pop(path[-1])
            else:
                at[path[-1]] = self.other(at[path[-1]])
        return out
