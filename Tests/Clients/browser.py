#!/usr/bin/env python3
"""Checks teahouse.js in a real Chromium, on real pages of another origin, against a running server.

    browser.py --url http://127.0.0.1:8080 --write-key W --api-key A [--only consent] [--chromium /usr/bin/chromium]

Each check prints one JSON line {"check", "ok", "detail"}; the exit status is 0 when all hold. What browsers send goes through
a recording proxy (proxy.py), which can also answer in the server's place; what the server keeps is asked through its API.
"""
import argparse
import gzip
import json
import os
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import sync_playwright

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from proxy import Proxy

SNIPPET = """<script>
!function(w,n,m){w[n]=w[n]||[];m.split(' ').forEach(function(k){w[n][k]=w[n][k]||function(){
w[n].push([k].concat([].slice.call(arguments)))}})}(window,'teahouse','load page track identify group alias reset consent');
%s
</script>
<script async src="%s/teahouse.js"></script>"""
CHECKS = []


def check(sentence):
    def keep(function):
        CHECKS.append((sentence, function))
        return function
    return keep


class Site:
    """A shop's own web server: every path is a page with the same head, on an origin of its own."""

    def __init__(self):
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_GET(self):
                found = not self.path.startswith("/favicon")
                path = self.path.split("?")[0]
                title = path.strip("/") or "home"
                head = site.heads.get(path, site.head)
                html = f"<!doctype html><html lang=en><title>{title}</title>{head}<h1>{title}</h1>".encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(html)))
                if site.policy:
                    self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(html)

        self.clear()
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.origin = f"http://localhost:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def clear(self):
        self.head, self.heads, self.policy = "", {}, None


class Bench:
    """What a check works with: the site, the proxy before the server, the browser and the server's API."""

    def __init__(self, options, playwright):
        self.options = options
        self.playwright = playwright
        self.site = Site()
        self.proxy = Proxy(options.url)
        self.arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.browser = playwright.chromium.launch(executable_path=options.chromium, args=self.arguments)
        self.contexts = []

    def fresh(self):
        for context in self.contexts:
            context.close()
        self.contexts = []
        self.proxy.clear()
        self.site.clear()

    def context(self, **settings):
        context = self.browser.new_context(**settings)
        self.contexts.append(context)
        return context

    def snippet(self, **options):
        load = "teahouse.load(%s,%s);" % (json.dumps(self.options.write_key), json.dumps({"host": self.proxy.url, **options}))
        return SNIPPET % (load, self.proxy.url)

    def open(self, path="/", context=None, **options):
        """A page with the snippet, once the script has arrived."""
        self.site.head = self.snippet(**options)
        page = (context or self.context()).new_page()
        page.goto(self.site.origin + path)
        page.wait_for_function("window.teahouse && window.teahouse.version")
        return page

    def sent(self):
        """The bodies of the collect requests so far that the server (or a fault) answered, parsed."""
        return [json.loads(r["body"]) for r in self.proxy.collected() if r["method"] == "POST"]

    def calls(self, **fields):
        """The calls sent so far, each once, that carry these fields."""
        found = {c["messageId"]: c for body in self.sent() for c in body["batch"]}.values()
        return [c for c in found if all(c.get(k) == v for k, v in fields.items())]

    def wait_calls(self, count, **fields):
        until(lambda: len(self.calls(**fields)) >= count, f"{count} calls with {fields}, sent were {self.sent()}")
        return self.calls(**fields)

    def ask(self, question):
        request = urllib.request.Request(
            self.options.url + "/api/v1/query", json.dumps(question).encode(),
            {"Content-Type": "application/json", "Authorization": "Bearer " + self.options.api_key})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{question}: {error.code} {error.read().decode()}")

    def kept(self, event):
        """How many events of this name the server holds."""
        answer = self.ask({
            "kind": "trend", "series": [{"selector": {"event": event}, "measure": "total"}], "interval": "day",
            "range": {"last": "7d"}})
        return sum(row["values"][0] for row in answer["rows"])

    def wait_kept(self, event, count=1):
        until(lambda: self.kept(event) >= count, f"{count} events {event} on the server")
        time.sleep(0.3)
        equal(self.kept(event), count, f"events {event} on the server")

    def people(self, event):
        """The identities of each person who did this event."""
        answer = self.ask({"kind": "count", "who": {"did": {"event": event}}, "list": True})
        flat = [p["identities"] for p in answer["people"]]
        return [{v for vs in p.values() for v in (vs if isinstance(vs, list) else [vs])} for p in flat]


def until(condition, what, seconds=10.0):
    limit = time.time() + seconds
    while not condition():
        if time.time() > limit:
            raise AssertionError("not within %g s: %s" % (seconds, what))
        time.sleep(0.02)


def equal(got, want, what):
    if got != want:
        raise AssertionError(f"{what}: {want!r} was expected, not {got!r}")


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def name(word):
    """An event name of this run's own."""
    return f"{word} {uuid.uuid4().hex[:8]}"


def stored(page):
    return page.evaluate("({cookie: document.cookie, keys: Object.keys(localStorage)})")


def cookie(page, key):
    hits = [c["value"] for c in page.context.cookies() if c["name"] == "teahouse_" + key]
    return hits[0] if hits else None


@check("the script is below 4 KB as gzip and is not sent again to a browser that has it")
def script_is_small(bench):
    url = bench.options.url + "/teahouse.js"
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        body, headers = answer.read(), answer.headers
    equal(headers["Content-Encoding"], "gzip", "Content-Encoding")
    true(headers["Content-Type"].startswith("text/javascript"), "Content-Type " + headers["Content-Type"])
    true(len(body) < 4096, f"{len(body)} bytes")
    with urllib.request.urlopen(url) as answer:
        equal(answer.read(), gzip.decompress(body), "the script without gzip")
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", "If-None-Match": headers["ETag"]})
    try:
        urllib.request.urlopen(request)
        raise AssertionError("304 was expected")
    except urllib.error.HTTPError as error:
        equal(error.code, 304, "status")


@check("a page view arrives with its page, its context and the visitor's first-party id")
def page_view_arrives(bench):
    page = bench.open("/tea/oolong?utm_source=letter&utm_campaign=spring&x=1", context=bench.context(locale="zh-CN"))
    view = bench.wait_calls(1, type="page")[0]
    equal(view["properties"]["path"], "/tea/oolong", "path")
    equal(view["properties"]["title"], "tea/oolong", "title")
    equal(view["properties"]["search"], "?utm_source=letter&utm_campaign=spring&x=1", "search")
    equal(view["context"]["page"]["url"], page.url, "url")
    equal(view["context"]["campaign"], {"source": "letter", "name": "spring"}, "campaign")
    equal(view["context"]["locale"], "zh-CN", "locale")
    equal(view["context"]["library"]["name"], "teahouse.js", "library")
    true(view["context"]["screen"]["width"] > 0 and view["context"]["timezone"], "screen and time zone")
    equal(view["anonymousId"], cookie(page, "anonymous_id"), "the id in the cookie")
    facts = [c for c in page.context.cookies() if c["name"] == "teahouse_anonymous_id"][0]
    equal((facts["sameSite"], facts["path"], facts["domain"]), ("Lax", "/", "localhost"), "the cookie")
    until(lambda: all(r["status"] == 200 for r in bench.proxy.collected()), "200 from the server")


@check("requests carry text/plain and the key in the body, so that browsers send no preflight and no cookie")
def no_preflight(bench):
    bench.open("/")
    bench.wait_calls(1, type="page")
    request = bench.proxy.collected()[0]
    headers = {k.lower(): v for k, v in request["headers"].items()}
    true(headers["content-type"].startswith("text/plain"), headers["content-type"])
    true("cookie" not in headers and "authorization" not in headers, "neither cookie nor authorization")
    equal([r["method"] for r in bench.proxy.collected() if r["method"] == "OPTIONS"], [], "preflights")
    equal(json.loads(request["body"])["writeKey"], bench.options.write_key, "writeKey")


@check("pages of an application that changes its address without loading are page views, each once")
def history_changes(bench):
    page = bench.open("/shop")
    bench.wait_calls(1, type="page")
    page.evaluate("history.pushState({}, '', '/shop/cart'); document.title = 'cart'")
    second = bench.wait_calls(2, type="page")[1]
    equal(second["properties"]["path"], "/shop/cart", "path")
    equal(second["properties"]["title"], "cart", "title, set after the address")
    equal(second["properties"]["referrer"], bench.site.origin + "/shop", "referrer")
    page.evaluate("history.replaceState({scroll: 1}, '', location.href); location.hash = 'reviews'")
    page.evaluate("location.hash = '#/orders/1'")
    bench.wait_calls(3, type="page")
    page.evaluate("history.go(-2)")
    bench.wait_calls(4, type="page")
    time.sleep(0.5)
    equal([v["context"]["page"]["url"].replace(bench.site.origin, "") for v in bench.calls(type="page")],
          ["/shop", "/shop/cart", "/shop/cart#/orders/1", "/shop/cart"], "page views")


@check("identify joins what the visitor did before to the person, on every device")
def identify_joins(bench):
    before, after, user = name("Viewed"), name("Bought"), "u-" + uuid.uuid4().hex
    page = bench.open("/")
    page.evaluate("([e]) => teahouse.track(e, {price: 12.5})", [before])
    page.evaluate("([u]) => teahouse.identify(u, {name: '王小明', plan: 'gold'})", [user])
    page.evaluate("([e]) => teahouse.track(e)", [after])
    bench.wait_kept(after)
    anonymous = cookie(page, "anonymous_id")
    equal(cookie(page, "user_id"), user, "the user id is kept")
    other = bench.open("/")
    other.evaluate("([u]) => teahouse.identify(u)", [user])
    other.evaluate("([e]) => teahouse.track(e)", [after])
    bench.wait_kept(after, 2)
    equal(len(bench.people(before)), 1, "people who did the first event")
    person = bench.people(before)[0]
    equal(person, {user, anonymous, cookie(other, "anonymous_id")}, "identities")
    equal(bench.people(after), [person], "people who did the second event")
    bench.open("/next", context=page.context)
    view = next(c for c in bench.wait_calls(1, type="page", userId=user) if c["properties"]["path"] == "/next")
    equal((view["userId"], view["anonymousId"]), (user, anonymous), "ids on the next page")


@check("group and alias say what they say, and later calls carry the group")
def group_and_alias(bench):
    event, user, company = name("Invited"), "u-" + uuid.uuid4().hex, "c-" + uuid.uuid4().hex
    page = bench.open("/", autoPage=False)
    page.evaluate("([u, c]) => { teahouse.alias(u); teahouse.identify(u); teahouse.group(c, {name: '茶公司'}); }", [user, company])
    page.evaluate("([e]) => teahouse.track(e, {seats: 3})", [event])
    bench.wait_kept(event)
    alias, group = bench.calls(type="alias")[0], bench.calls(type="group")[0]
    equal((alias["userId"], alias["previousId"]), (user, cookie(page, "anonymous_id")), "alias")
    equal((group["groupId"], group["traits"], group["userId"]), (company, {"name": "茶公司"}, user), "group")
    equal(bench.calls(event=event)[0]["context"]["groupId"], company, "context.groupId")


@check("reset forgets the user, and the next visitor is someone else")
def reset_forgets(bench):
    first, second, user = name("Mine"), name("Yours"), "u-" + uuid.uuid4().hex
    page = bench.open("/")
    page.evaluate("([u, e]) => { teahouse.identify(u); teahouse.group('g'); teahouse.track(e); teahouse.reset(); }", [user, first])
    page.evaluate("([e]) => teahouse.track(e)", [second])
    bench.wait_kept(second)
    mine, yours = bench.calls(event=first)[0], bench.calls(event=second)[0]
    true(mine["anonymousId"] != yours["anonymousId"], "a new anonymous id")
    true("userId" not in yours and "groupId" not in yours["context"], "neither user nor group")
    equal(cookie(page, "user_id"), None, "the user's cookie")
    equal(cookie(page, "anonymous_id"), yours["anonymousId"], "the new id's cookie")
    true(not bench.people(first)[0] & bench.people(second)[0], "two people")


@check("another user on the same browser gets an anonymous id of their own")
def user_switch(bench):
    page = bench.open("/", autoPage=False)
    page.evaluate("() => { teahouse.identify('ann'); teahouse.identify('ann', {a: 1}); teahouse.identify('bob'); }")
    calls = bench.wait_calls(3, type="identify")
    equal(calls[0]["anonymousId"], calls[1]["anonymousId"], "the same user")
    true(calls[1]["anonymousId"] != calls[2]["anonymousId"], "the other user")


@check("while consent is pending nothing is stored and nothing is sent; once granted, what was held back arrives")
def consent_pending(bench):
    event = name("Waited")
    page = bench.open("/", consent="pending")
    page.evaluate("([e]) => { teahouse.track(e); teahouse.identify('someone', {}); }", [event])
    time.sleep(1.5)
    equal(stored(page), {"cookie": "", "keys": []}, "stored")
    equal(page.context.cookies(), [], "cookies")
    equal(bench.proxy.collected(), [], "requests")
    page.evaluate("() => teahouse.consent('granted')")
    bench.wait_kept(event)
    equal(bench.calls(event=event)[0]["anonymousId"], cookie(page, "anonymous_id"), "the id")
    equal(len(bench.calls(type="page")), 1, "page views")
    page.evaluate("() => teahouse.consent('denied')")
    equal(stored(page), {"cookie": "", "keys": []}, "stored after the refusal")
    bench.proxy.clear()
    page.evaluate("([e]) => teahouse.track(e)", [event])
    time.sleep(1.5)
    equal(bench.proxy.collected(), [], "requests after the refusal")


@check("consent granted later goes on under the id of an earlier visit")
def consent_returns(bench):
    context, event = bench.context(), name("Returned")
    known = cookie(bench.open("/", context=context), "anonymous_id")
    page = bench.open("/again", context=context, consent="pending")
    page.evaluate("([e]) => { teahouse.track(e); teahouse.consent('granted'); }", [event])
    bench.wait_kept(event)
    equal(bench.calls(event=event)[0]["anonymousId"], known, "the id")


def sends_nothing(bench, page):
    page.evaluate("() => { teahouse.track('Never'); teahouse.identify('nobody'); teahouse.consent('granted'); }")
    page.evaluate("() => { teahouse.track('Never'); teahouse.flush(); }")
    time.sleep(1.5)
    equal(bench.proxy.collected(), [], "requests")
    equal(stored(page), {"cookie": "", "keys": []}, "stored")
    page.goto(bench.site.origin + "/leave")
    time.sleep(0.3)
    equal(bench.proxy.collected(), [], "requests on leaving")


@check("a browser with Do Not Track switched on sends and stores nothing, whatever the page says")
def do_not_track(bench):
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(folder + "/Default")
        with open(folder + "/Default/Preferences", "w") as file:
            json.dump({"enable_do_not_track": True}, file)
        context = bench.playwright.chromium.launch_persistent_context(
            folder, executable_path=bench.options.chromium, args=bench.arguments)
        try:
            page = bench.open("/", context=context)
            equal(page.evaluate("navigator.doNotTrack"), "1", "the browser's own setting")
            sends_nothing(bench, page)
        finally:
            context.close()


@check("a browser with Global Privacy Control sends and stores nothing, and earlier cookies go")
def global_privacy_control(bench):
    context = bench.context()
    bench.open("/", context=context)
    bench.wait_calls(1, type="page")
    bench.proxy.clear()
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})")
    sends_nothing(bench, bench.open("/again", context=context))


@check("calls are sent together: by count at once, by time otherwise")
def batching(bench):
    event = name("Scrolled")
    page = bench.open("/", autoPage=False)
    page.evaluate("([e]) => { for (let i = 0; i < 45; i++) teahouse.track(e, {i}); }", [event])
    bench.wait_kept(event, 45)
    sizes = [len(b["batch"]) for b in bench.sent()]
    true(len(sizes) <= 3 and max(sizes) <= 50, f"batches of {sizes}")
    equal([c["properties"]["i"] for c in bench.calls(event=event)], list(range(45)), "in order")


@check("what is not sent yet goes by beacon when the visitor leaves, and counts once")
def beacon_on_leave(bench):
    event = name("Left")
    context = bench.context()
    page = bench.open("/", context=context, autoPage=False, flushInterval=60000)
    page.evaluate("([e]) => teahouse.track(e, {note: '再见'})", [event])
    page.goto("about:blank")
    bench.wait_kept(event)
    request = bench.proxy.collected()[0]
    headers = {k.lower(): v for k, v in request["headers"].items()}
    true(headers["content-type"].startswith("text/plain"), headers["content-type"])
    bench.open("/back", context=context)
    bench.wait_calls(1, type="page")
    bench.wait_kept(event)


@check("closing the tab sends what was waiting")
def closed_tab(bench):
    event = name("Closed")
    context = bench.context()
    page = bench.open("/", context=context, autoPage=False, flushInterval=60000)
    page.evaluate("([e]) => teahouse.track(e)", [event])
    page.close(run_before_unload=True)
    bench.wait_kept(event)


@check("after a 503 the same calls are sent again when the server asked for it, and count once")
def retry_after_503(bench):
    event = name("Retried")
    page = bench.open("/", autoPage=False)
    bench.proxy.fail(503, 429, retry_after=1)
    started = time.time()
    page.evaluate("([e]) => teahouse.track(e)", [event])
    bench.wait_kept(event)
    answers = [r["status"] for r in bench.proxy.collected()]
    equal(answers, [503, 429, 200], "answers")
    true(time.time() - started > 2, "it waited as asked")
    equal(len({c["messageId"] for b in bench.sent() for c in b["batch"]}), 1, "message ids")


@check("after 500s, lost connections and lost answers the calls arrive, once")
def retry_after_faults(bench):
    event = name("Stubborn")
    page = bench.open("/", autoPage=False)
    bench.proxy.fail(500, "drop", "swallow")
    page.evaluate("([e]) => { for (let i = 0; i < 5; i++) teahouse.track(e, {i}); }", [event])
    until(lambda: len([r for r in bench.proxy.collected() if r["status"] == 200 and not r["fault"]]) >= 1, "a 200", 30)
    bench.wait_kept(event, 5)


@check("calls that no server took before the visitor left arrive with the next page, once")
def kept_over_pages(bench):
    event, context = name("Survived"), bench.context()
    bench.proxy.fail(*[500] * 20)
    page = bench.open("/", context=context, autoPage=False)
    page.evaluate("([e]) => teahouse.track(e)", [event])
    until(lambda: len(bench.sent()) >= 1, "a first try")
    page.goto("about:blank")
    time.sleep(0.3)
    bench.proxy.fail()
    equal(bench.kept(event), 0, "nothing on the server yet")
    bench.open("/later", context=context, autoPage=False)
    bench.wait_kept(event)


@check("a refused call is not sent again, and the console says why")
def refused_calls(bench):
    page = bench.open("/", autoPage=False)
    warnings = []
    page.on("console", lambda message: warnings.append(message.text))
    page.evaluate("() => teahouse.track('x'.repeat(300))")
    bench.wait_calls(1, type="track")
    page.wait_for_timeout(1500)  # not sleep: the page's messages are handed on only while Playwright waits
    equal(len(bench.sent()), 1, "requests")
    true(any("teahouse" in w for w in warnings), f"a warning, not {warnings}")


@check("calls made before the script arrives are replayed in order")
def replay(bench):
    first, second = name("Early"), name("Earlier")
    bench.site.heads["/early"] = bench.snippet(autoPage=False).replace(
        "teahouse.load", f"teahouse.track('{second}');teahouse.load", 1).replace(
        "</script>", f"teahouse.track('{first}');teahouse.push(['identify', 'early-bird']);</script>", 1)
    page = bench.context().new_page()
    page.goto(bench.site.origin + "/early")
    bench.wait_kept(first)
    equal([c.get("event", c["type"]) for c in bench.calls()], [second, first, "identify"], "order")
    equal({c["anonymousId"] for c in bench.calls()}, {cookie(page, "anonymous_id")}, "ids")


@check("one script tag with the key is enough")
def script_tag(bench):
    bench.site.heads["/tag"] = f'<script async src="{bench.proxy.url}/teahouse.js" data-write-key="{bench.options.write_key}"></script>'
    bench.context().new_page().goto(bench.site.origin + "/tag")
    equal(bench.wait_calls(1, type="page")[0]["properties"]["path"], "/tag", "path")
    until(lambda: bench.proxy.collected()[0]["status"] == 200, "200")


@check("a script tag can hold back until consent")
def script_tag_consent(bench):
    bench.site.heads["/tag"] = (
        f'<script async src="{bench.proxy.url}/teahouse.js" data-write-key="{bench.options.write_key}" data-consent="pending"></script>')
    page = bench.context().new_page()
    page.goto(bench.site.origin + "/tag")
    page.wait_for_function("window.teahouse && window.teahouse.version")
    time.sleep(1.3)
    equal((stored(page)["cookie"], bench.proxy.collected()), ("", []), "cookie and requests")


@check("a page with a strict content security policy can use it")
def strict_policy(bench):
    bench.site.policy = f"default-src 'none'; script-src {bench.proxy.url}; connect-src {bench.proxy.url}"
    bench.site.heads["/strict"] = f'<script async src="{bench.proxy.url}/teahouse.js" data-write-key="{bench.options.write_key}"></script>'
    bench.context().new_page().goto(bench.site.origin + "/strict")
    bench.wait_calls(1, type="page")


@check("with cookies and storage switched off by the browser, calls still arrive")
def no_storage(bench):
    event, context = name("Bare"), bench.context()
    context.add_init_script("""
        Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('off', 'SecurityError') }});
        Object.defineProperty(Document.prototype, 'cookie', {get() { return '' }, set() {}});""")
    page = bench.open("/", context=context)
    page.evaluate("([e]) => teahouse.track(e)", [event])
    bench.wait_kept(event)


@check("many long calls are split into requests that a beacon can carry")
def long_calls(bench):
    event = name("Long")
    page = bench.open("/", autoPage=False, flushInterval=60000, flushAt=1000)
    page.evaluate("([e]) => { for (let i = 0; i < 20; i++) teahouse.track(e, {text: '茶'.repeat(3000), i}); }", [event])
    page.evaluate("() => teahouse.flush()")
    until(lambda: len(bench.calls(event=event)) > 0, "a first request")
    true(max(len(r["body"].encode()) for r in bench.proxy.collected()) <= 60000, "at most 60 kB a request")
    while bench.kept(event) < 20:
        page.evaluate("() => teahouse.flush()")
        time.sleep(0.1)
    bench.wait_kept(event, 20)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--write-key", required=True)
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--only", default="", help="checks whose sentence holds this text")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    options = parser.parse_args()
    failed = 0
    with sync_playwright() as playwright:
        bench = Bench(options, playwright)
        for sentence, function in CHECKS:
            if options.only not in sentence:
                continue
            bench.fresh()
            detail = None
            try:
                function(bench)
            except Exception as error:
                place = traceback.extract_tb(error.__traceback__)
                line = next((f.lineno for f in place if f.filename == __file__ and f.name == function.__name__), None)
                detail = f"line {line}: {type(error).__name__}: {error}"[:600]
                failed += 1
            print(json.dumps({"check": sentence, "ok": detail is None, "detail": detail}, ensure_ascii=False), flush=True)
        bench.fresh()
        bench.browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
