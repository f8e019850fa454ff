"""Puts off modules of the standard library that others import at their top and seldom touch."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from typing import Any


def put_off(*names: str) -> None:
    """From now on importing one of these is free: it is loaded when something in it is wanted.

    importlib.util.LazyLoader means the same, but before Python 3.13 it loads a module as soon as
    it is imported a second time. Modules that are there already stay as they are.
    """
    for name in names:
        if name not in sys.modules:
            _put_off(name)


def _put_off(name: str) -> None:
    spec = find_spec(name)
    loader = spec.loader if spec else None
    if spec is None or loader is None:
        return  # whoever imports it is told so, in Python's own words
    module = module_from_spec(spec)
    lock = RLock()
    begun = False

    def load(attribute: str) -> Any:
        nonlocal begun
        with lock:  # another thread waits for the whole of it; this one may come back here
            if not begun:
                begun = True
                loader.exec_module(module)
                if vars(module).get("__getattr__") is load:
                    del vars(module)["__getattr__"]
        try:
            return vars(module)[attribute]
        except KeyError:
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}") from None

    vars(module)["__getattr__"] = load  # PEP 562
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
