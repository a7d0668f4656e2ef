"""Sends batches of events at a steady pace until it is told to end (SIGTERM), then writes how long their answers took.

usage: busy_sender.py URL WRITE_KEY EVENTS_PER_SECOND OUT
"""
import base64, http.client, json, random, signal, sys, time
from urllib.parse import urlsplit

url, key, rate, out = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
BATCH = 500
names = ["page view", "product viewed", "add to cart", "search", "app open", "order completed"]
heads = {
    "Authorization": "Basic " + base64.b64encode((key + ":").encode()).decode(), "Content-Type": "application/x-ndjson",
}
line = (
    '{"type":"track","messageId":"busy-%d-%d","userId":"u%07d","event":"%s",'
    '"properties":{"category":"cat-%02d","price":%d,"channel":"email","platform":"web","country":"DE","url":"https://shop.example.com/p/%d"}}'
)
chance = random.Random(5)
samples = [
    (chance.randrange(1, 500_001), chance.choice(names), chance.randrange(50), chance.randrange(20_000), chance.randrange(9_999))
    for _ in range(BATCH)
]
address = urlsplit(url)
connection = http.client.HTTPConnection(address.hostname, address.port)
waits, number, began = [], 0, time.perf_counter()
due = began
is_over = False


def end(*_):
    global is_over
    is_over = True


signal.signal(signal.SIGTERM, end)
while not is_over:
    number += 1
    body = "\n".join([line % (number, place, *sample) for place, sample in enumerate(samples)])
    start = time.perf_counter()
    connection.request("POST", "/v1/batch", body, heads)
    answer = connection.getresponse()
    text = answer.read()
    waits.append(time.perf_counter() - start)
    if answer.status != 200 or b'"success":true' not in text.replace(b" ", b""):
        sys.exit("/v1/batch answered %d: %r" % (answer.status, text[:200]))
    due = max(due + BATCH / rate, time.perf_counter() - 1)
    time.sleep(max(0, due - time.perf_counter()))
waits.sort()
report = {
    "events": BATCH * len(waits), "seconds": time.perf_counter() - began, "batch": BATCH, "p50": 1000 * waits[len(waits) // 2],
    "p99": 1000 * waits[int(len(waits) * 0.99)], "max": 1000 * waits[-1],
}
json.dump(report, open(out, "w"))
