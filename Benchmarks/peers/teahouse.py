#!/usr/bin/env python3
"""Asks a running Teahouse the queries of the peers' benchmark, over HTTP, and prints the lines that the peers' scripts print.

usage: teahouse.py --url URL --key API_KEY --meta DATA/meta.json [--runs 7] [--queries Q1,Q2]

What a query means, how a digest is made and what is timed: QUERIES.md of the peers' kit, whose folder BENCH_KIT names. A time is that of
the whole request: the question as JSON in, all of the answer's rows in this process's memory.
"""
import argparse
import http.client
import json
import os
import sys
import time
import urllib.parse
from datetime import datetime

sys.path.insert(0, os.environ.get("BENCH_KIT", "../shared/bench"))
from common import D0, Q6_CATEGORY, Q6_COUNTRIES, Q6_VIEWS, T_END, digest, q7_pids  # noqa: E402

RANGE = {"from": "2026-01-01T00:00:00Z", "to": "2026-06-30T00:00:00Z"}


def funnel(steps, window, **more):
    return {"kind": "funnel", "steps": [{"event": name} for name in steps], "window": window, "range": RANGE, **more}


QUESTIONS = {
    "Q1": funnel(["product viewed", "add to cart", "order completed"], "7d", breakdown=[{"property": "context.channel"}]),
    "Q2": funnel(["app open", "search", "product viewed", "add to cart", "order completed"], "14d"),
    "Q3": {
        "kind": "retention", "start": {"event": "order completed"}, "return": {"any": True}, "interval": "week", "periods": 27,
        "mode": "firstTime", "range": RANGE,
    },
    "Q4": {
        "kind": "trend", "interval": "day", "range": RANGE,
        "series": [{"selector": {"any": True}, "measure": measure} for measure in ("dau", "wau", "mau")],
    },
    "Q5": {"kind": "rfm", "selector": {"event": "order completed"}, "value": "price", "bins": 5, "method": "ntile", "range": RANGE},
    "Q6": {
        "kind": "count", "list": True, "range": RANGE, "limit": 100_000,
        "who": {
            "all": [
                {
                    "did": {"event": "product viewed", "where": {"property": "category", "op": "=", "value": Q6_CATEGORY}},
                    "times": {"op": ">=", "value": Q6_VIEWS}, "within": {"last": "30d"},
                },
                {"not": {"did": {"event": "order completed"}, "within": {"last": "14d"}}},
                {"last": {"any": True}, "where": {"property": "context.country", "op": "in", "value": Q6_COUNTRIES}},
            ]
        },
    },
    "Q8": funnel(
        ["page view", "order completed"], "365d", reentry="first", sameTime="arrival",
        breakdown=[{"property": "context.platform"}], attribution="lastTouch"),
    "Q9": {"kind": "paths", "limit": 50, "range": RANGE},
}


class Server:
    def __init__(self, url, key):
        self.host = urllib.parse.urlparse(url).netloc
        self.key = key
        self.connection = http.client.HTTPConnection(self.host)

    def request(self, method, path, body=None):
        headers = {"Authorization": "Bearer " + self.key, "Content-Type": "application/json"}
        self.connection.request(method, path, body, headers)
        reply = self.connection.getresponse()
        data = reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{reply.status} {data.decode()[:300]}")
        return json.loads(data)

    def ask(self, question):
        return self.request("POST", "/api/v1/query", json.dumps(question))


def epoch_day(instant):
    return int(datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp() // 86_400)


def rows_of(query, answer):
    """The answer as the rows that QUERIES.md asks for."""
    if query == "Q1":
        rows = [[r["value"][0], *[s["count"] for s in r["steps"]]] for r in answer["breakdown"] if isinstance(r["value"], list)]
        return sorted((r for r in rows if r[1] > 0), key=lambda r: r[0].encode())
    if query == "Q2":
        return [[s["count"] for s in answer["steps"]]]
    if query == "Q3":
        return [
            [epoch_day(r["cohort"]), k, n] for r in answer["rows"] for k, n in enumerate(r["values"])
            if n and 7 * k + epoch_day(r["cohort"]) < D0 + 180
        ]
    if query == "Q4":
        return [[D0 + i, *[int(v) for v in r["values"]]] for i, r in enumerate(answer["rows"])]
    if query == "Q5":
        return [[r["r"], r["f"], r["m"], r["persons"], r["frequency"], int(r["monetary"])] for r in answer["rows"]]
    if query == "Q8":
        rows = [
            [r["value"][0], r["steps"][1]["count"], round(r["steps"][1]["medianSeconds"] * 1_000)]
            for r in answer["breakdown"] if isinstance(r["value"], list) and r["steps"][1]["count"]
        ]
        return sorted(rows, key=lambda r: r[0].encode())
    if query == "Q9":
        return [[r["from"], r["to"], r["count"]] for r in answer["rows"]]
    raise KeyError(query)


def audience(server):
    """Q6: everybody in the audience, page after page."""
    question = dict(QUESTIONS["Q6"])
    numbers = []
    while True:
        answer = server.ask(question)
        for person in answer["people"]:
            numbers.append(int(person["identities"]["user_id"][0].removeprefix("u")))
        if not answer.get("next"):
            return [[number] for number in sorted(numbers)]
        question["cursor"] = answer["next"]


def timeline(server, number):
    """Q7: all columns of all events of one person, in order."""
    person, rows, cursor = f"u{number:07}", [], ""
    while True:
        page = server.request("GET", f"/api/v1/people/user_id:{person}/timeline?order=oldest&limit=1000{cursor}")
        for session in page["sessions"]:
            for call in session["events"]:
                at = datetime.fromisoformat(call["timestamp"].replace("Z", "+00:00"))
                properties, context = call.get("properties", {}), call.get("context", {})
                rows.append([
                    person, number, round(at.timestamp() * 1_000), int(call["messageId"].removeprefix("m-")), call["event"],
                    properties.get("category", ""), round(float(properties.get("price", 0)) * 100), context.get("channel", ""),
                    context.get("platform", ""), context.get("country", ""), properties.get("url", ""),
                ])
        if not page.get("next"):
            return rows
        cursor = "&cursor=" + urllib.parse.quote(page["next"])


def line(query, events, times, rows, **more):
    times = sorted(times)
    print(json.dumps({
        "query": query, "engine": "teahouse", "mode": "warm", "events": events, "median_ms": round(times[len(times) // 2], 3),
        "min_ms": round(times[0], 3), "max_ms": round(times[-1], 3), "runs": len(times), "rows": len(rows),
        "result_digest": digest(rows), **more,
    }), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--meta", required=True)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--queries", default="Q1,Q2,Q3,Q4,Q5,Q6,Q7,Q8,Q9")
    arguments = parser.parse_args()
    meta = json.load(open(arguments.meta))
    server = Server(arguments.url, arguments.key)
    for query in arguments.queries.split(","):
        times, rows, more = [], [], {}
        try:
            if query == "Q7":
                for number in q7_pids(meta["persons"]):
                    began = time.perf_counter()
                    found = timeline(server, number)
                    times.append((time.perf_counter() - began) * 1_000)
                    rows += found
                more["p99_ms"] = round(sorted(times)[int(0.99 * len(times) + 0.999) - 1], 3)
            else:
                for run in range(arguments.runs + 1):
                    began = time.perf_counter()
                    answer = audience(server) if query == "Q6" else server.ask(QUESTIONS[query])
                    took = (time.perf_counter() - began) * 1_000
                    if run > 0:
                        times.append(took)
                rows = answer if query == "Q6" else rows_of(query, answer)
            line(query, meta["events"], times, rows, **more)
        except Exception as problem:  # One query that fails does not hide the others.
            print(json.dumps({"query": query, "engine": "teahouse", "mode": "warm", "events": meta["events"], "error": repr(problem)}))


if __name__ == "__main__":
    main()
