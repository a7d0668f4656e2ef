"""Q1 to Q9 of the benchmark kit as Teahouse's own questions over HTTP; prints the same JSON lines as the kit's run scripts.

usage: peers_teahouse.py KIT DATA URL API_KEY SERVER_PID RUNS
The time of a question is that of the whole HTTP exchange, until the bytes of the answer are in the client's memory; reading them and
making the digest is not timed, as with the kit's other clients of bytes. CPU time is the server's.
"""
import datetime, http.client, json, os, socket, sys, time
from urllib.parse import urlsplit

kit, data, url, key, server, runs = sys.argv[1:7]
sys.path.insert(0, kit)
sys.dont_write_bytecode = True
import common

meta = common.meta(data)
pids = common.q7_pids(meta["persons"])
address = urlsplit(url)
connection = http.client.HTTPConnection(address.hostname, address.port)
connection.connect()
connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
heads = {"Authorization": "Bearer " + key, "Content-Type": "application/json"}


def instant(milliseconds):
    whole, rest = divmod(milliseconds, 1000)
    return datetime.datetime.fromtimestamp(whole, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + ".%03dZ" % rest


def named(*names):
    return [{"event": name} for name in names]


def ask(question):
    connection.request("POST", "/api/v1/query", json.dumps(question), heads)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError("%d %s" % (response.status, body[:300].decode()))
    return body


def server_cpu():
    fields = open("/proc/%s/stat" % server).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def days(text):
    return (datetime.date.fromisoformat(text[:10]) - datetime.date(1970, 1, 1)).days


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


whole = {"from": instant(common.T0), "to": instant(common.T_END)}
questions = {
    "Q1": {"kind": "funnel", "steps": named(*common.Q1_STEPS), "window": "7d", "breakdown": [{"property": "channel"}]},
    "Q2": {"kind": "funnel", "steps": named(*common.Q2_STEPS), "window": "14d"},
    "Q3": {
        "kind": "retention", "start": {"event": "order completed"}, "return": {"any": True}, "interval": "week",
        "periods": common.WMAX - common.W0 + 1, "range": whole},
    "Q4": {
        "kind": "trend", "interval": "day", "range": whole,
        "series": [{"selector": {"any": True}, "measure": measure} for measure in ("dau", "wau", "mau")]},
    "Q5": {"kind": "rfm", "selector": {"event": "order completed"}, "value": "price", "range": whole},
    "Q6": {
        "kind": "count", "list": True, "limit": 10000, "range": whole,
        "who": {"all": [
            {
                "did": {"event": "product viewed", "where": {"property": "category", "op": "=", "value": common.Q6_CATEGORY}},
                "times": {"op": ">=", "value": common.Q6_VIEWS}, "within": {"last": "30d"}},
            {"did": {"event": "order completed"}, "times": {"op": "=", "value": 0}, "within": {"last": "14d"}},
            {"last": {"any": True}, "where": {"property": "country", "op": "in", "value": common.Q6_COUNTRIES}}]}},
    "Q8": {
        "kind": "funnel", "steps": named("page view", "order completed"), "window": "200d", "reentry": "first", "sameTime": "arrival",
        "breakdown": [{"property": "platform"}], "attribution": "step:2"},
    "Q9": {"kind": "paths", "limit": 50},
}


def ordinal(person):
    return int(person[2:], 32)


def pid_of(person):
    return int(person["identities"]["user_id"][0][1:])


def funnel(answer):
    return [step["count"] for step in answer["steps"]]


def rows_of(query, answer):
    """The rows that QUERIES.md asks for, from the answer."""
    if query == "Q1":
        kept = [(row["value"][0], *funnel(row)) for row in answer["breakdown"] if row["steps"][0]["count"] > 0]
        return sorted(kept, key=lambda row: row[0].encode())
    if query == "Q2":
        return [tuple(funnel(answer))]
    if query == "Q3":
        return [
            (days(row["cohort"]), k, count) for row in answer["rows"] for k, count in enumerate(row["values"]) if count]
    if query == "Q4":
        series = [row["values"] for row in answer["rows"]]
        return [(common.D0 + day, *series[day]) for day in range(common.DAYS)]
    if query == "Q5":
        return [
            (row["r"], row["f"], row["m"], row["persons"], row["frequency"], round(row["monetary"]), sum(ordinal(p) + 1 for p in row.get("people", [])))
            for row in answer["rows"]]
    if query == "Q6":
        people = answer["people"]
        assert len(people) == answer["count"], "the list is longer than a page"
        return sorted((pid_of(person),) for person in people)
    if query == "Q8":
        kept = [row for row in answer["breakdown"] if row["steps"][1]["count"] > 0]
        rows = [(row["value"][0], row["steps"][1]["count"], round(row["steps"][1]["medianSeconds"] * 1000)) for row in kept]
        return sorted(rows, key=lambda row: row[0].encode())
    return [(row["from"], row["to"], row["count"]) for row in answer["rows"]]


def person_id(pid):
    """People are numbered in the order in which they were first seen, and they are loaded in the order of `pid`."""
    digits, rest = "", pid - 1
    while True:
        rest, digit = divmod(rest, 32)
        digits = "0123456789abcdefghijklmnopqrstuv"[digit] + digits
        if rest == 0:
            return "p_" + digits


def page(pid, cursor=None):
    question = {"kind": "timeline", "person": person_id(pid), "selector": {"any": True}, "order": "oldest", "limit": 1000}
    return ask(question | ({"cursor": cursor} if cursor else {}))


def timeline(pid):
    """All pages of a person's events."""
    pages = [page(pid)]
    while True:
        cursor = json.loads(pages[-1])["next"] if len(pages[-1]) > 200_000 else None
        if not cursor:
            return pages
        pages.append(page(pid, cursor))


def timeline_rows(pid, pages):
    for body in pages:
        for row in json.loads(body)["rows"]:
            p = row["properties"]
            yield (
                "u%07d" % pid, pid, milliseconds(row["timestamp"]), p["seq"], row["event"], p.get("category", ""), p["price"],
                p["channel"], p["platform"], p["country"], p["url"])


def emit(query, rows, timing):
    common.emit(
        query=query, engine="teahouse", mode="warm", events=meta["events"], rows=len(rows), result_digest=common.digest(rows), **timing)


def measure(query):
    body, timing = common.measure(lambda: ask(questions[query]), int(runs), cpu=server_cpu)
    if query == "Q5":  # the sums of pid prove that the people are the right ones; as rows of their own they are not what is timed
        body = ask(questions[query] | {"list": True})
    emit(query, rows_of(query, json.loads(body)), timing)


def attempt(query, work):
    try:
        work()
    except Exception as problem:
        common.emit(query=query, engine="teahouse", mode="warm", events=meta["events"], error=repr(problem)[:300])


def measure_timeline():
    for pid in pids[:200]:
        timeline(pid)
    pages, times = {}, []
    for number, pid in enumerate(pids):
        began = time.perf_counter()
        pages[number] = timeline(pid)
        times.append((time.perf_counter() - began) * 1000)
    rows = [row for number, pid in enumerate(pids) for row in timeline_rows(pid, pages[number])]
    timing = {
        "median_ms": round(common.pct(times, .5), 3), "min_ms": round(min(times), 3), "max_ms": round(max(times), 3),
        "p99_ms": round(common.pct(times, .99), 3), "runs": len(times)}
    emit("Q7", rows, timing)


def measure_cold(query):
    """The first question of a server whose files were evicted: what opening the workspace takes, then the question."""
    began = time.perf_counter()
    ask({"kind": "count", "who": {"sample": {"percent": 0}}})
    opened = time.perf_counter()
    ask(questions[query])
    ms = (time.perf_counter() - opened) * 1000
    common.emit(query=query, engine="teahouse", mode="cold", open_ms=round((opened - began) * 1000), median_ms=round(ms, 1))


if __name__ == "__main__":
    if len(sys.argv) > 7:
        sys.exit(measure_cold(sys.argv[7]))
    for query in ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q8", "Q9"):
        attempt(query, lambda: measure(query))
    attempt("Q7", measure_timeline)
