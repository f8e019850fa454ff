"""How languages print a value, each after what the language really writes."""

from __future__ import annotations

import json
import re
from typing import Any


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def quoted(text: str) -> str:
    return json.dumps(text)


def dart(value: Any) -> str:
    """``print(map)``."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {dart(inner)}" for key, inner in value.items()) + "}"
    return _bare(value, dart)


def kotlin(value: Any) -> str:
    """``println(map)`` of Kotlin and Java."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={kotlin(inner)}" for key, inner in value.items()) + "}"
    return _bare(value, kotlin)


def java_record(value: dict[str, Any]) -> str:
    name = "".join(part.capitalize() for part in re.split(r"[._]", value["type"]))
    return f"{name}[" + ", ".join(f"{key}={kotlin(inner)}" for key, inner in value.items()) + "]"


def _bare(value: Any, one: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(one, value)) + "]"
    return (
        {None: "null", True: "true", False: "false"}.get(value, str(value))
        if not isinstance(value, int) or isinstance(value, bool)
        else str(value)
    )


def swift(value: Any) -> str:
    """``print(dictionary)`` of [String: Any]."""
    if isinstance(value, dict):
        return "[" + ", ".join(f"{quoted(k)}: {swift(v)}" for k, v in value.items()) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(map(swift, value)) + "]"
    return "<null>" if value is None else json.dumps(value)


def nsdictionary(value: Any, indent: int = 0) -> str:
    """``NSLog(@"%@", dictionary)``."""
    pad, inner = " " * indent * 4, " " * (indent + 1) * 4
    if isinstance(value, dict):
        rows = "".join(
            f"{inner}{_ns(key)} = {nsdictionary(one, indent + 1)};\n" for key, one in value.items()
        )
        return f"{{\n{rows}{pad}}}"
    if isinstance(value, list):
        rows = ",\n".join(inner + nsdictionary(one, indent + 1) for one in value)
        return f"(\n{rows}\n{pad})" if value else f"(\n{pad})"
    return '"<null>"' if value is None else _ns(str(value))


def _ns(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9]+", text) else f'"{text}"'


def var_dump(value: Any, indent: int = 0) -> str:
    """PHP's ``var_dump``."""
    pad = "  " * indent
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        rows = "".join(
            f"{pad}  [{json.dumps(key)}]=>\n{var_dump(one, indent + 1)}" for key, one in items
        )
        return f"{pad}array({len(value)}) {{\n{rows}{pad}}}\n"
    if isinstance(value, str):
        return f'{pad}string({len(value.encode())}) "{value}"\n'
    if value is None:
        return f"{pad}NULL\n"
    return f"{pad}{'int' if not isinstance(value, bool) else 'bool'}({json.dumps(value)})\n"


def print_r(value: Any, indent: int = 0) -> str:
    """PHP's ``print_r``."""
    if not isinstance(value, dict | list):
        return "" if value is None else str(value)
    pad = " " * indent
    items = value.items() if isinstance(value, dict) else enumerate(value)
    rows = "".join(f"{pad}    [{key}] => {print_r(one, indent + 8)}\n" for key, one in items)
    return f"Array\n{pad}(\n{rows}{pad})\n"


def dumper(value: Any, indent: int = 8) -> str:
    """Perl's ``Data::Dumper``."""
    pad = " " * indent
    if isinstance(value, dict):
        rows = ",\n".join(
            f"{pad}  '{key}' => {dumper(one, indent + len(key) + 8)}" for key, one in value.items()
        )
        return f"{{\n{rows}\n{pad}}}" if value else "{}"
    if isinstance(value, list):
        rows = ",\n".join(f"{pad}  {dumper(one, indent + 2)}" for one in value)
        return f"[\n{rows}\n{pad}]" if value else "[]"
    if value is None:
        return "undef"
    return str(value) if isinstance(value, int) else f"'{value}'"


def ruby34(value: Any) -> str:
    """``Hash#inspect`` since Ruby 3.4."""
    return _ruby(value, " => ")


def ruby(value: Any) -> str:
    """``Hash#inspect`` before Ruby 3.4."""
    return _ruby(value, "=>")


def _ruby(value: Any, arrow: str) -> str:
    if isinstance(value, dict):
        pairs = (f"{quoted(key)}{arrow}{_ruby(one, arrow)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_ruby(one, arrow) for one in value) + "]"
    return "nil" if value is None else json.dumps(value)


def buffer(value: Any, most: int = 50) -> str:
    """Node's ``util.inspect`` of a Buffer."""
    data = compact(value).encode()
    more = len(data) - most
    tail = f" ... {more} more byte{'s' * (more != 1)}" if more > 0 else ""
    return f"<Buffer {' '.join(f'{byte:02x}' for byte in data[:most])}{tail}>"


def go_map(value: Any) -> str:
    """``fmt.Println`` of a map[string]any: keys in order, no quotes."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{go_map(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(go_map, value)) + "]"
    return "<nil>" if value is None else str(value)


def serde(value: Any) -> str:
    """``{:?}`` of a serde_json::Value."""
    if isinstance(value, dict):
        return "Object {" + ", ".join(f"{quoted(k)}: {serde(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "Array [" + ", ".join(map(serde, value)) + "]"
    if value is None:
        return "Null"
    return f"Number({value})" if isinstance(value, int) else f"String({quoted(value)})"
