"""Runs one case of a Python candidate: reads a request from descriptor 3, calls the entry, answers on descriptor 4.

Usage: python3 python.py PROGRAM. The candidate shares this process, so nothing here is a protection: the process is.
"""

import json
import os
import random
import sys
import traceback

ANSWER = 4


def answer(message):
    data = json.dumps(message, allow_nan=False, separators=(",", ":")).encode() + b"\n"
    sys.stdout.flush()
    sys.stderr.flush()
    while data:
        data = data[os.write(ANSWER, data):]


def flaw(value, place, depth=0):
    """The first thing in a value that is not plain, finite data, as `place reason`."""
    if value is None or isinstance(value, (bool, str)):
        return None
    if isinstance(value, int):
        return None if abs(value) <= 2**53 else f"{place} is an integer beyond 2^53: return it as text"
    if isinstance(value, float):
        return None if value - value == 0 else f"{place} is {value}"
    if depth > 200:
        return f"{place} is nested too deeply"
    if isinstance(value, (list, tuple)):
        return next((f for i, v in enumerate(value) if (f := flaw(v, f"{place}[{i}]", depth + 1))), None)
    if isinstance(value, dict):
        wrong = next((k for k in value if not isinstance(k, str)), None)
        if wrong is not None:
            return f"{place} has the key {wrong!r}, which is not a text"
        return next((f for k, v in value.items() if (f := flaw(v, f"{place}.{k}", depth + 1))), None)
    return f"{place} is a {type(value).__name__}, which is not plain data (numpy: use .tolist() or float())"


def plain(value):
    """Arrays and numbers of numpy become lists and numbers; everything else stays as it is."""
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def describe(error, path):
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == path]
    text = "".join(traceback.format_exception_only(type(error), error)).strip()[-2000:]
    told = {"message": text}
    if frames:
        told["line"] = frames[-1].lineno
        told["stack"] = "\n".join(f"  at {f.name} (line {f.lineno})" for f in frames[-8:])
    return told


def main(path):
    with os.fdopen(3, "rb") as stream:
        request = json.loads(stream.readline())
    with open(path, encoding="utf-8") as stream:
        source = stream.read()
    answer({"ready": True})
    random.seed(request["seed"])
    entry = request.get("entry")
    try:
        code = compile(source, path, "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        told = {"message": str(getattr(error, "msg", None) or error or type(error).__name__)}
        if getattr(error, "lineno", None):
            told["line"] = error.lineno
        return answer({"syntax": told})
    names = {"__name__": "candidate", "__file__": path}
    try:
        exec(code, names)
        called = names.get(entry) if entry else None
        if entry and not callable(called):
            defined = ", ".join(n for n, v in names.items() if callable(v) and not n.startswith("__")) or "nothing"
            return answer({"syntax": {"message": f"defines no function {entry}; it defines {defined}"}})
        value = called(*request["args"]) if entry else names.get("result")
        value = plain(value)
    except BaseException as error:
        return answer({"threw": describe(error, path)})
    wrong = flaw(value, "$")
    try:
        answer({"output": {"message": wrong}} if wrong else {"value": value})
    except MemoryError:
        answer({"threw": {"message": "MemoryError: while the result was written"}})


main(sys.argv[1])
