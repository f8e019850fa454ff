"""Diagnosing the log of an app: CPU beside jq, which looks at each line and finds its type.

Makes logs of 200,000 lines as text and as JSON, with a message in every tenth line and with none,
runs whole processes interleaved and takes medians. Prints one ratio a line with its goal; only the
ratios of one run mean anything.
"""

import argparse
import json
import random
import sys
import tempfile
from statistics import median

from diagnose import SCRIPT, cost

JQ = ["jq", "-R", "fromjson? | .type"]
GOALS = {"tenth": 8.0, "none": 5.0}
WORDS = (
    "request served", "cache miss", "user logged in", "job finished", "retry of the upstream",
    "query took", "GET /api/v1/items", "POST /api/v1/orders", "queue depth", "metrics flushed",
)  # fmt: skip


def message(number):
    """One message of turn after turn of 20, and which way it went."""
    turn, step = divmod(number, 20)
    response = {
        "object": "realtime.response", "id": f"resp_{turn}", "status": "completed",
        "status_details": None, "output": [], "usage": None,
    }  # fmt: skip
    if step == 0:
        return "send", {"type": "response.create"}
    head = {"event_id": f"event_{number}"}
    if step == 1:
        begun = {**response, "status": "in_progress"}
        return "recv", {"type": "response.created", **head, "response": begun}
    if step == 19:
        return "recv", {"type": "response.done", **head, "response": response}
    place = {"response_id": f"resp_{turn}", "item_id": f"item_{turn}", "output_index": 0}
    fields = {**head, **place, "content_index": 0, "delta": f" word {number}"}
    return "recv", {"type": "response.output_text.delta", **fields}


def write(path, lines, every, *, as_json):
    """A log of an app; ``every`` so many lines holds a message, 0 for none."""
    dice = random.Random(1)
    with open(path, "w", encoding="utf-8") as file:
        for number in range(lines):
            seconds = number / 100
            stamp = f"2026-03-01T{10 + int(seconds // 3600):02}:{int(seconds // 60) % 60:02}"
            stamp += f":{seconds % 60:06.3f}Z"
            if every and number % every == 0:
                way, event = message(number // every)
                line = (
                    json.dumps({"time": stamp, "level": "debug", "msg": way, "event": event})
                    if as_json
                    else f"{stamp} DEBUG rt.client: {way} {json.dumps(event)}"
                )
            else:
                words, count = dice.choice(WORDS), dice.randrange(100_000)
                line = (
                    json.dumps({"time": stamp, "level": "info", "msg": words, "id": count})
                    if as_json
                    else f"{stamp} INFO web: {words} id={count} status=200 path=/v1/x/{count}"
                )
            file.write(line + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for form in ("text", "json"):
            for kind, goal in GOALS.items():
                log = f"{folder}/{form}-{kind}.log"
                every = 10 if kind == "tenth" else 0
                write(log, asked.lines, every, as_json=form == "json")
                spent = {"diagnose": [], "jq": []}
                for _ in range(asked.rounds):
                    diagnose = [SCRIPT, "diagnose", "--quiet", log]
                    spent["diagnose"].append(cost(diagnose, (0, 1, 4))[0])
                    spent["jq"].append(cost([*JQ, log])[0])
                ratio = median(spent["diagnose"]) / median(spent["jq"])
                verdict = "ok" if ratio <= goal else "MISSED"
                print(f"{form} {kind:5} diagnose / jq {ratio:6.2f}  goal <= {goal:4.1f}  {verdict}")
                good &= ratio <= goal
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
