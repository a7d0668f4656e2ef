"""Prints the times of all engines side by side, with the ratio of Teahouse to the best of the others.

usage: peers_table.py RESULTS.jsonl MILLIONS STORE      STORE: Teahouse's data folder
"""
import json, math, os, sys

results, millions, store = sys.argv[1], int(sys.argv[2]), sys.argv[3]
lines = [json.loads(line) for line in open(results)]
events = millions * 1_000_000
warm = {(r["query"], r["engine"]): r for r in lines if r.get("mode") == "warm" and r.get("events") == events}
ours = "teahouse"
peers = sorted({engine for _, engine in warm if engine != ours})


def cell(query, engine):
    result = warm.get((query, engine), {})
    if "median_ms" not in result:
        return "error" if result else ""
    if query == "Q7":
        return "%.2f / %.2f" % (result["median_ms"], result["p99_ms"])
    return "%.1f" % result["median_ms"]


print("| ms | " + " | ".join([ours] + peers) + " | best peer ÷ Teahouse | answer |")
print("|" + "---|" * (len(peers) + 4))
ratios = []
for query in ["Q%d" % number for number in range(1, 10)]:
    times = [warm[query, engine]["median_ms"] for engine in peers if "median_ms" in warm.get((query, engine), {})]
    mine = warm.get((query, ours), {}).get("median_ms")
    ratio = min(times) / mine if times and mine else None
    if ratio and query != "Q7":
        ratios.append(ratio)
    digests = {r["result_digest"] for (q, _), r in warm.items() if q == query and "result_digest" in r}
    same = "same" if len(digests) == 1 and len(times) > 0 else "differs" if len(digests) > 1 else ""
    cells = [cell(query, engine) for engine in [ours] + peers]
    print("| %s | %s | %s | %s |" % (query, " | ".join(cells), "%.2f" % ratio if ratio else "", same))
if ratios:
    mean = math.exp(sum(math.log(r) for r in ratios) / len(ratios))
    print("\nGeometric mean of the ratios without Q7: %.2f. Q7: p50 / p99 of one look-up; Teahouse's times are those of HTTP exchanges." % mean)
size = sum(os.path.getsize(os.path.join(folder, f)) for folder, _, files in os.walk(store + "/workspaces") for f in files)
seconds = float(open(store + ".events.csv.seconds").read()) if os.path.exists(store + ".events.csv.seconds") else None
print("\nTeahouse holds %.1f bytes an event%s." % (size / events, "; CSV was loaded at %s events/s" % format(round(events / seconds), ",") if seconds else ""))
