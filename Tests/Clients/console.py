#!/usr/bin/env python3
"""Opens the console's pages in a real Chromium over data whose every name is hostile, against a running server without members.

    console.py --url http://127.0.0.1:8080 --write-key W --api-key A [--only live] [--chromium /usr/bin/chromium]

Each check prints one JSON line {"check", "ok", "detail"}; the exit status is 0 when all hold. On every page: no script of the data
ran, nothing was asked of other addresses, no error stands in the browser's console, the content security policy held, nothing is wider
than a phone, and the names can be read.
"""
import argparse
import json
import os
import re
import sys
import time
import traceback
import urllib.parse
import urllib.request
import uuid

from playwright.sync_api import sync_playwright

NAMES = {
    "script": "<script>boom('script')</script>",
    "handler": "\"' onmouseover=boom('handler') x='><img src=x onerror=boom('image')>",
    "closing": "</bdi></textarea></title></svg><svg/onload=boom('closing')>",
    "address": "javascript:boom('address')",
    "template": "{{{frame.content}}}{{>layout}}{{#page}}&lt;b&gt;",
    "sql": "Robert'); DROP TABLE people;--%_\\",
    "prototype": "__proto__",
    "constructor": "constructor",
    "control": "bell\u0007 nul\u0000 escape\u001b[31m delete\u007f next\u0085line",
    "direction": "\u202egpj.exe\u202c \u2066isolated\u2069 mark\u200f",
    "separators": "line\u2028paragraph\u2029 joined\u200bwords order\ufeff",
    "arabic": "مقهى الشاي 15% שלום",
    "emoji": "👩‍👩‍👧‍👦 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f 🍵",
    "marks": "z" + "\u0301\u0336" * 40 + "algo",
    "wide": "茶" * 66,
    "unbroken": "W" * 200,
}
WIDTHS = [390, 1280]
CHECKS = []


def check(sentence):
    def keep(function):
        CHECKS.append((sentence, function))
        return function
    return keep


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def shown(text):
    """As the console writes a text: what steers instead of showing is made visible."""
    def one(character):
        value = ord(character)
        if value < 0x20 and character not in "\t\n\r":
            return chr(0x2400 + value)
        if value == 0x7F:
            return "\u2421"
        steers = value in (0x61C, 0x200B, 0x200E, 0x200F, 0xFEFF) or any(
            low <= value <= high for low, high in (
                (0x80, 0x9F), (0x2028, 0x202E), (0x2060, 0x206F), (0xFFF9, 0xFFFB), (0xE0000, 0xE007F)))
        return "\u27e6U+%X\u27e7" % value if steers else character
    return squeezed("".join(map(one, text)))


def squeezed(text):
    return re.sub(r"\s+", " ", text).strip()


class Bench:
    """A signed-in browser whose every page is watched."""

    def __init__(self, options, playwright):
        self.options = options
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.browser = playwright.chromium.launch(executable_path=options.chromium, args=arguments)
        self.context = self.browser.new_context()
        self.trouble = []
        self.expected_status = 200
        self.context.expose_binding("boom", lambda source, *what: self.trouble.append(f"a script of the data ran: {what}"))
        self.context.expose_binding("violated", lambda source, what: self.trouble.append(f"the content security policy: {what}"))
        self.context.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => violated(e.violatedDirective + ' ' + e.blockedURI))")
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.trouble.append(f"an error: {error}"))
        self.page.on("dialog", lambda dialog: (self.trouble.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("console", self.note_message)
        self.page.on("request", self.note_request)
        self.page.on("response", self.note_response)

    def note_message(self, message):
        # A page that answers 404 or 422, where one is asked for, stands there as a failed resource.
        if message.type in ("error", "warning") and not (self.expected_status != 200 and "Failed to load" in message.text):
            self.trouble.append(f"{message.type} in the console: {message.text}")

    def note_request(self, request):
        if not request.url.startswith(self.options.url + "/"):
            self.trouble.append(f"a request to {request.url[:200]}")

    def note_response(self, response):
        if response.status >= 400 and response.status != self.expected_status:
            self.trouble.append(f"{response.status} from {response.url[:200]}")

    def post(self, calls):
        body = json.dumps({"writeKey": self.options.write_key, "batch": calls}).encode()
        request = urllib.request.Request(self.options.url + "/v1/batch", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def open(self, path, status=200):
        """Loads a page and looks at it on a phone and on a desk."""
        self.expected_status = status
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        answer = self.page.goto(self.options.url + path)
        true(answer.status == status, f"{path[:200]} answered {answer.status}")
        self.look()

    def look(self):
        page = self.page
        page.wait_for_load_state("load")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        page.evaluate(
            "document.querySelectorAll('a, button, bdi, .chart *').forEach(e => {"
            " for (const kind of ['pointerover', 'mouseover', 'focus'])"
            " e.dispatchEvent(new PointerEvent(kind, {bubbles: true, clientX: 50, clientY: 50})) })")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate(
                "() => document.documentElement.scrollWidth <= innerWidth ? '' : [...document.querySelectorAll('body *')]"
                ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.parentElement.closest('.scroll, pre, .menu'))"
                ".slice(0, 4)"
                ".map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40)).join(' | ')")
            true(not wide, f"{page.url[:200]} is wider than {width}: {wide}")
        page.wait_for_timeout(30)  # bindings are called from the page's own loop
        true(page.evaluate("({}).polluted === undefined && Object.keys(Object.prototype).length === 0"), "prototypes are clean")
        true(not page.locator("main script, main iframe, main img, main object, main [onerror], main [onload]").count(), "no element of the data")
        true(not page.evaluate("[...document.links].some(a => !a.href.startsWith(location.origin + '/'))"), "links stay on this site")
        true(not self.trouble, f"{page.url[:200]}: {self.trouble[:4]}")

    def text(self, selector="main"):
        """All that a part of the page says, on one line."""
        return squeezed(" ".join(self.page.locator(selector).all_text_contents()))

    def says(self, name, selector="main"):
        text = self.text(selector)
        true(shown(name) in text, f"{self.page.url[:200]} does not say {shown(name)!r}: {text[:300]!r}")

    def portrait(self, name):
        """Opens a person's portrait by searching for the name as people do."""
        self.open("/people")
        self.page.fill("#q", name)
        self.page.click("form[role=search] button")
        self.look()
        self.says(name, ".people-list")
        row = self.page.locator(".people-list a.who").first
        self.open(row.get_attribute("href"))


def calls(key, name):
    user = {"userId": name, "messageId": None}
    context = {
        "userAgent": name, "locale": name, "campaign": {"source": name, "name": name}, "device": {"model": name},
        "page": {"url": "javascript:boom('url')", "title": name, "referrer": name}}
    return [{**user, "messageId": str(uuid.uuid4()), **call} for call in [
        {"type": "identify", "traits": {
            "name": name, name: name, "nested": {name: {"deep": name}}, "__proto__": {"polluted": name}, "email": key + "@x.org"}},
        {"type": "track", "event": name, "properties": {
            name: name, "product": name, "__proto__": {"polluted": 1}, "list": [name, {name: name}], "revenue": 3.5}},
        {"type": "page", "name": name, "properties": {"path": "/" + name, "title": name, "url": "javascript:boom('url')"},
         "context": context},
        {"type": "group", "groupId": name, "traits": {"name": name, name: 1}},
        {"type": "track", "event": "Product Viewed", "properties": {"product_id": name}},
        {"type": "track", "event": "Order Completed", "properties": {
            "order_id": name, "total": 9, "products": [{"product_id": name, "name": name, "price": 9}]}},
        {"type": "track", "event": "Product Reviewed", "properties": {"review_body": name, "rating": 5}},
    ]]


@check("the first owner may have any name, and the workspace that was made before is theirs")
def owner(bench):
    name = NAMES["handler"][:60]
    bench.open("/setup")
    bench.page.fill("[name=name]", name)
    bench.page.fill("[name=email]", "owner@example.com")
    bench.page.fill("[name=password]", "a good long password")
    bench.page.click("main button.first")
    bench.look()
    bench.says("{{name}}", ".workspace")
    bench.open("/settings/members")
    bench.says(name)


@check("calls with such names are taken, longer ones refused with their reason")
def sending(bench):
    for key, name in NAMES.items():
        answer = bench.post(calls(key, name))
        true(answer["success"], f"{key}: {json.dumps(answer)[:300]}")
        refused = bench.post([{"type": "track", "userId": name, "event": name * 30, "messageId": str(uuid.uuid4())}])
        true(not refused["success"] and refused["rejected"][0]["reason"], f"{key}: refused")


@check("home shows them")
def home(bench):
    until = time.time() + 10
    bench.open("/")
    while not bench.page.locator("blockquote").count() and time.time() < until:
        bench.page.wait_for_timeout(300)  # a page that was just made is kept for two seconds
        bench.open("/")
    quotes = bench.text("blockquote")
    true(any(shown(name) in quotes for name in NAMES.values()), "a quote can be read")


@check("people are found by any of them, and their portraits say them")
def portraits(bench):
    for key, name in NAMES.items():
        bench.portrait(name)
        heading = squeezed(bench.page.locator("h1").inner_text())
        true(heading == shown(name), f"{key}: the heading says {heading!r}")
        box = bench.page.locator("h1").bounding_box()
        true(box and box["width"] > 0 and box["height"] > 0, f"{key}: the heading is seen")
        bench.says(name, "aside .traits")
        bench.says(name, ".events")
        true(bench.text("aside").count(shown(name)) >= 3, f"{key}: identity, account and traits")


@check("each event can be read as it was sent")
def raw_events(bench):
    for key in ["script", "template", "control", "direction", "prototype", "unbroken", "emoji"]:
        name = NAMES[key]
        bench.portrait(name)
        paths = [a.get_attribute("href") for a in bench.page.locator(".events a[href*='/events/']").all()]
        true(len(set(paths)) >= 7, f"{key}: {len(set(paths))} events")
        for path in sorted(set(paths)):
            bench.open(path)
        says = bench.text("#raw")
        true(json.dumps(name, ensure_ascii=False)[1:3] in says or shown(name)[:2] in says, f"{key}: the call")


@check("Live shows them, the refused ones too, and goes on refreshing itself")
def live(bench):
    bench.open("/live")
    text = bench.text()
    for key, name in NAMES.items():
        true(shown(name) in text, f"{key} is not on the page")
    name = "<script>boom('fragment')</script><img src=x onerror=boom('fragment')>"
    bench.open("/live")
    # The reader has closed all details: only then does the part take the newer rows in.
    bench.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = false })")
    bench.post([{"type": "track", "userId": "fresh", "event": name, "messageId": str(uuid.uuid4())}])
    bench.page.wait_for_function("n => document.querySelector('main').textContent.includes(n)", arg=name, timeout=10_000)
    bench.look()


@check("questions and answers about them are shown as they are")
def ask(bench):
    for key, name in NAMES.items():
        question = {
            "kind": "trend", "series": [{"selector": {"event": name}, "measure": "total"}],
            "breakdown": [{"property": name}], "interval": "day", "range": {"last": "2d"}}
        bench.open("/ask?q=" + urllib.parse.quote(json.dumps(question)))
        bench.says(name, "main details")
        steps = [{"event": name}, {"event": "Order Completed"}]
        funnel = {"kind": "funnel", "steps": steps, "window": "1d", "range": {"last": "2d"}}
        bench.open("/ask")
        bench.page.fill("#q", json.dumps(funnel))
        bench.page.click("main form button.first")
        bench.look()
        bench.says(name)
        for broken in [name, json.dumps({"kind": name}), json.dumps({**funnel, "who": {name: name}})]:
            bench.open("/ask?q=" + urllib.parse.quote(broken), status=422)
            true(bench.page.locator("[role=alert]").count() == 1, f"{key}: the problem is said")


@check("forms of questions, their figures and the people in them show them as they are")
def question_forms(bench):
    for key in ["script", "handler", "closing", "template", "control", "direction", "unbroken"]:
        name = urllib.parse.quote(NAMES[key], safe="")
        for path in [
                f"trends?event1={name}&measure1=persons&interval=day&last=7d",
                f"trends?event1={name}&measure1=total&interval=day&last=7d&breakdown={name}",
                f"funnels?step1={name}&step2=Order+Completed&window=1d&last=7d", f"paths?from={name}&depth=3&limit=20&last=7d",
                "attribution?conversion=Order+Completed&touch=product_id&model=linear&lookback=1d&last=7d",
                f"drivers?target={name}&lookback=7d&minSupport=1&last=7d"]:
            bench.open("/questions/" + path)
            true(bench.page.locator("#answer").count() == 1, f"{key}: {path[:20]} is answered")
            if "drivers" not in path and "attribution" not in path:
                values = [field.input_value() for field in bench.page.locator(".question-form input").all()]
                true(any(value and shown(value)[:4] == shown(NAMES[key])[:4] for value in values), f"{key}: {path[:20]} keeps it")
        bench.open(f"/questions/lifecycle?selector={name}&interval=day&last=7d")
        bench.open(bench.page.locator("#answer a[href^='/questions/people']").first.get_attribute("href"))
        bench.open(f"/questions/trends?event1={name}&measure1=total&interval=day&last=7d&where={name}&op=exists")
        bench.open(f"/questions/funnels?step1={name}&window={name}", status=422)


@check("boards and cards may be called so, take what arrives in and fetch what is not ready")
def boards(bench):
    for key in ["script", "handler", "closing", "template", "control", "direction", "unbroken", "emoji"]:
        name = NAMES[key]
        question = {
            "kind": "trend", "series": [{"selector": {"event": name}, "measure": "total"}], "breakdown": [{"property": name}],
            "interval": "day", "range": {"last": "2d"}}
        bench.open("/ask?q=" + urllib.parse.quote(json.dumps(question)))
        pin = bench.page.locator(".pin")
        true(pin.locator("[name=title]").input_value() != "", f"{key}: a title is proposed")
        if key not in ["control", "direction"]:
            pin.locator("[name=title]").fill(name[:60])
        if pin.locator("[name=board]").count():
            pin.locator("[name=board]").select_option("")
        pin.locator("[name=name]").fill(key if key in ["control", "direction"] else name[:60])
        pin.locator("button.first").click()
        bench.look()
        if key not in ["control", "direction"]:
            bench.says(name[:4], ".card-head h2")
        bench.open(bench.page.locator(".card-head h2 a").get_attribute("href"))
        bench.says(name, "main details")
    bench.open("/boards")
    for link in [a.get_attribute("href") for a in bench.page.locator(".board-list a").all()]:
        bench.open(link)
        bench.open(link + "?last=7d")
        bench.open(link + "/delete")
    bench.open("/questions/trends?measure1=total&interval=day&last=7d")
    pin = bench.page.locator(".pin")
    pin.locator("[name=board]").select_option("")
    pin.locator("[name=name]").fill("Fresh")
    pin.locator("button.first").click()
    # As the page would be with a slow question, and with less patience between two looks.
    def unready(route):
        answer = route.fetch()
        waiting = '<div class="card-state" data-seconds="1">not yet</div>'
        html = re.sub(r'(<div class="card-body"[^>]*>).*?</div></article>', r"\1" + waiting + "</div></article>", answer.text(), flags=re.S)
        true("not yet" in html and 'data-seconds="30"' in html, "the page is as this check knows it")
        route.fulfill(response=answer, body=html.replace('data-seconds="30"', 'data-seconds="2"'))
    address = bench.page.url.split("?")[0]
    bench.page.route(address, unready)
    bench.page.goto(address)
    bench.page.wait_for_selector(".card-body figure", timeout=10_000)
    before = bench.text(".card-body td.num")
    bench.post([{"type": "track", "userId": "fresh", "event": "Arrived", "messageId": str(uuid.uuid4())}])
    bench.page.wait_for_function(
        "text => [...document.querySelectorAll('.card-body td.num')].map(e => e.textContent).join(' ') !== text", arg=before, timeout=15_000)
    bench.page.unroute(address)
    bench.look()


@check("sources, members and the workspace may be called so")
def settings(bench):
    for key in ["script", "handler", "template", "sql", "emoji", "arabic", "prototype"]:
        name = NAMES[key][:60]
        bench.open("/settings/sources")
        bench.page.fill("form[action='/settings/sources'] [name=name]", name)
        bench.page.click("form[action='/settings/sources'] button")
        bench.look()
        bench.says(name)
        bench.open("/settings/members")
        bench.page.fill("form[action='/settings/members'] [name=name]", name)
        bench.page.fill("form[action='/settings/members'] [name=email]", key + "@example.com")
        if bench.page.locator("form[action='/settings/members'] [name=password]").count():
            bench.page.fill("form[action='/settings/members'] [name=password]", "a good long password")
        bench.page.click("form[action='/settings/members'] button")
        bench.look()
        bench.says(name)
    for link in sorted({a.get_attribute("href") for a in bench.page.locator(".menu a").all()}):
        bench.open(link)
    bench.open("/settings/sources")
    for link in [a.get_attribute("href") for a in bench.page.locator("a[href^='/settings/sources/']").all()]:
        bench.open(link)
    bench.open("/settings")
    bench.page.fill("form[action='/settings'] [name=name]", NAMES["closing"][:60])
    bench.page.click("form[action='/settings'] button")
    bench.look()
    bench.says(NAMES["closing"][:60], ".workspace")


@check("addresses made of them answer with a page that says what is wrong")
def addresses(bench):
    for key, name in NAMES.items():
        quoted = urllib.parse.quote(name, safe="")
        if "\0" not in name:
            bench.open("/people/" + quoted, status=404)
        bench.open("/people?search=" + quoted)
        bench.open("/?on=" + quoted)
        bench.open("/live?source=" + quoted)
        bench.expected_status = 200


@check("the form of a coupon says beside it what it says while somebody types, and makes nothing")
def coupon_form(bench):
    page = bench.page
    bench.open("/program")
    page.fill("#f-name", "Leaves")
    page.click("form[action='/program'] button.first")
    page.wait_for_url("**/program?done=started*")
    bench.open("/coupons/new")

    def waits(text):
        page.wait_for_function("t => document.querySelector('#draft').textContent.includes(t)", arg=text, timeout=10_000)

    page.fill("#f-name", NAMES["script"])
    page.fill("#f-value", "20")
    waits("20 off the order")
    page.press("#f-value", "End")
    page.keyboard.type("5")
    waits("205 off the order")
    page.fill("#f-categories", NAMES["script"])
    waits(NAMES["script"])
    # On a phone the text stands above the form, and gets much shorter.
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.focus("#f-value")
    top = page.locator("#f-value").bounding_box()["y"]
    page.fill("#f-value", NAMES["closing"])
    waits("How much: ")
    true(not page.locator("#draft .panel").count(), "a refused form has no text")
    true(page.evaluate("document.activeElement.id") == "f-value", "the field that is typed in keeps the focus")
    true(abs(page.locator("#f-value").bounding_box()["y"] - top) < 2, "and its place on the screen")
    bench.look()
    bench.open("/coupons")
    true(not page.locator("a[href^='/coupons/template']").count(), "nothing is made")


@check("the Chinese pages hold as well")
def chinese(bench):
    bench.open("/preferences?language=zh&back=/")
    true(bench.page.evaluate("document.documentElement.lang").startswith("zh"), "the language is Chinese")
    for path in ["/", "/people", "/live", "/settings", "/settings/sources", "/settings/members"]:
        bench.open(path)
    for key in ["script", "unbroken", "wide", "direction", "marks"]:
        bench.portrait(NAMES[key])
        bench.says(NAMES[key], "h1")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--write-key", required=True)
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--only", default="", help="checks whose sentence holds this text; the first two always run")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    options = parser.parse_args()
    failed = 0
    with sync_playwright() as playwright:
        bench = Bench(options, playwright)
        for number, (sentence, function) in enumerate(CHECKS):
            if number > 1 and options.only not in sentence:
                continue
            detail, bench.trouble = None, []
            try:
                function(bench)
            except Exception as error:
                place = traceback.extract_tb(error.__traceback__)
                line = next((f.lineno for f in place if f.filename == __file__ and f.name == function.__name__), None)
                detail = f"line {line}: {type(error).__name__}: {error}"[:900]
                failed += 1
            print(json.dumps({"check": sentence, "ok": detail is None, "detail": detail}, ensure_ascii=False), flush=True)
        bench.browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
