"""The table of prints: how languages write a value, where each begins, and what an example makes.

Rows that begin alike are read by one grammar, since a log seldom says which language wrote it. A
print that leaves out the kinds of its values (a number, a text of digits) is never ``whole``.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple

from rtdebug.captures.pasted.gomap import MAP, STRUCT
from rtdebug.captures.pasted.print_r import OPENS as PRINT_R
from rtdebug.captures.pasted.printed_bytes import HEX_OPENS, LIST_OPENS


class Reads(Enum):
    """What reads a print."""

    LITERAL = "literal"
    GO = "go"
    PRINT_R = "print_r"
    BUFFER = "buffer"
    BYTES = "bytes"


class Print(NamedTuple):
    """One way to write a value; ``opens`` matches where it begins."""

    name: str
    opens: str
    example: str
    makes: Any
    reads: Reads = Reads.LITERAL
    whole: bool = True


BRACE = r"\{"
# Of a name before a bracket only the bracket is looked for: names would be tried at each letter.
FIELDS = r"[(\[](?=\s{0,8}[a-z_]\w{0,80}\s{0,2}(?:=(?![=\s>])|:\s))"
PAIRS = r"\[(?=\s{0,40}(?:AnyHashable\()?\"\w{1,80}\"\)?\s?:)"
ARROWS = r"[(\[](?=\s{0,40}['\"]\w{1,80}['\"]\s{0,40}=>)"

_TURN = {"type": "response.create", "response": {"n": 1, "tools": []}}
_SAID = {"type": "error", "error": {"code": "x", "param": None}}
PRINTS: tuple[Print, ...] = (
    Print("Go map", MAP.pattern,
          "map[error:map[code:x message:Some text. param:<nil>] type:error]",
          {"error": {"code": "x", "message": "Some text.", "param": None}, "type": "error"},
          Reads.GO, whole=False),
    Print("Go struct", STRUCT.pattern, "{Type:error Error:{Code:x}}",
          {"type": "error", "error": {"code": "x"}}, Reads.GO, whole=False),
    Print("PHP print_r", PRINT_R,
          "Array\n(\n    [type] => error\n    [usage] => \n    [error] => Array\n        (\n"
          "            [message] => A, b (c)\n            [0] => d\n        )\n\n)",
          {"type": "error", "error": {"message": "A, b (c)", "0": "d"}}, Reads.PRINT_R,
          whole=False),
    Print("Node Buffer", HEX_OPENS, "<Buffer 7b 22 74 79 70 65 22 3a 22 65 22 7d>", {"type": "e"},
          Reads.BUFFER),
    Print("list of bytes", LIST_OPENS, "[123, 34, 116, 121, 112, 101, 34, 58, 34, 101, 34, 125]",
          {"type": "e"}, Reads.BYTES),
    Print("Go bytes", LIST_OPENS, "[123 34 116 121 112 101 34 58 34 101 34 125]", {"type": "e"},
          Reads.BYTES),
    Print("Rust's serde_json", BRACE,
          'Object {"type": String("error"), "error": Object {"code": String("x"), "param": Null}}',
          _SAID),
    Print("JSON", BRACE, '{"type": "response.create", "response": {"n": 1, "tools": []}}', _TURN),
    Print("JavaScript console", BRACE,
          "{ type: 'response.create', response: { n: 1, tools: [] } }", _TURN),
    Print("JavaScript console, folded", BRACE, "{type: 'error', error: {…}}",
          {"type": "error", "error": {}}, whole=False),
    Print("Python dict", BRACE,
          "{'type': 'response.create', 'response': {'n': 1, 'tools': []}}", _TURN),
    Print("Python pydantic", FIELDS,
          "ErrorEvent(type='error', error=Error(code='x', param=None))", _SAID),
    Print("Ruby inspect", BRACE,
          '{"type"=>"response.create", "response"=>{"n"=>1, "tools"=>[]}}', _TURN),
    Print("Ruby 3.4 inspect", BRACE,
          '{type: "response.create", "response" => {"n" => 1, tools: []}}', _TURN),
    Print("Elixir map", BRACE, '%{"type" => "error", "error" => %{code: "x", param: nil}}', _SAID),
    Print("Rust debug", BRACE,
          'Error { type: "error", error: Inner { code: Some("x"), param: None } }', _SAID),
    Print("C# record", BRACE,
          'ErrorUpdate { Type = error, Error = Inner { Code = x, Param =  } }',
          {"type": "error", "error": {"code": "x"}}, whole=False),
    Print("Kotlin map", BRACE, "{type=error, error={code=x, param=null}}", _SAID, whole=False),
    Print("Kotlin data class", FIELDS, "ErrorEvent(type=error, error=Inner(code=x, param=null))",
          _SAID, whole=False),
    Print("Java record", FIELDS, "ErrorEvent[type=error, error=Inner[code=x, param=null]]", _SAID,
          whole=False),
    Print("Java toString", BRACE, "ErrorEvent{type='error', error=Inner{code='x', param=null}}",
          _SAID),
    Print("Dart map", BRACE, "{type: error, error: {code: x, param: null}}", _SAID, whole=False),
    Print("Swift dictionary", PAIRS, '["type": "error", "error": ["code": "x", "param": <null>]]',
          _SAID),
    Print("Swift AnyHashable", PAIRS,
          '[AnyHashable("type"): "error", AnyHashable("error"): Optional(["code": "x"])]',
          {"type": "error", "error": {"code": "x"}}),
    Print("NSDictionary", BRACE,
          '{\n    error =     {\n        code = x;\n        param = "<null>";\n    };\n'
          "    type = error;\n}", _SAID, whole=False),
    Print("PHP var_dump", BRACE,
          '{\n  ["type"]=>\n  string(5) "error"\n  ["error"]=>\n  array(3) {\n    ["code"]=>\n'
          '    string(3) "x"y"\n    ["param"]=>\n    NULL\n    ["more"]=>\n    array(0) {\n    }\n'
          "  }\n}", {"type": "error", "error": {"code": 'x"y', "param": None}}, whole=False),
    Print("PHP var_export", ARROWS,
          "array (\n  'type' => 'error',\n  'error' => \n  array (\n    'code' => 'x',\n"
          "    'param' => NULL,\n  ),\n)", _SAID),
    Print("Perl Data::Dumper", BRACE,
          "{\n  'type' => 'error',\n  'error' => {\n    'code' => 'x',\n    'param' => undef\n"
          "  }\n}", _SAID, whole=False),
)  # fmt: skip
