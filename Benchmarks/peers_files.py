"""Writes what Teahouse imports of a set of the benchmark kit beside it: people.ndjson and events.csv.  usage: peers_files.py DATA"""
import glob, json, os, sys
import pyarrow.csv, pyarrow.parquet

data = sys.argv[1]
people = json.load(open(os.path.join(data, "meta.json")))["persons"]
with open(os.path.join(data, "people.ndjson"), "w") as out:
    for pid in range(1, people + 1):
        call = {"type": "identify", "messageId": "p-%07d" % pid, "userId": "u%07d" % pid, "timestamp": "2026-01-01T00:00:00Z", "traits": {}}
        out.write(json.dumps(call) + "\n")
writer = None
for file in sorted(glob.glob(os.path.join(data, "part-*.parquet"))):
    table = pyarrow.parquet.read_table(file).sort_by("seq").drop_columns(["pid"])
    if writer is None:
        writer = pyarrow.csv.CSVWriter(os.path.join(data, "events.csv"), table.schema)
    writer.write(table)
writer.close()
