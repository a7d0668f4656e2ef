#!/usr/bin/env python3
"""Times pages of the console as a signed-in member, one after another.

Usage: pages.py URL EMAIL PASSWORD [ROUNDS] [EVENTS]. With EVENTS, the same again while so many events a second arrive."""
import html.parser
import http.cookiejar
import random
import re
import sys
import time
import urllib.parse
import urllib.request
import uuid

from arrivals import Arrivals

# Home is kept for two seconds while events arrive: after this pause it is made anew.
HOME_PAUSE_SECONDS = 2.1


class Page(html.parser.HTMLParser):
    """The links and the hidden fields of a page's forms."""

    def __init__(self, text):
        super().__init__()
        self.links, self.hidden = [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.hidden[given["name"]] = given.get("value", "")


class Member:
    def __init__(self, url, email, password):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        form = dict(Page(self.get("/sign-in")).hidden, email=email, password=password)
        self.opener.open(url + "/sign-in", urllib.parse.urlencode(form).encode()).read()
        if "/sign-in" in self.opener.open(url + "/").geturl():
            sys.exit("signing in failed")

    def get(self, path):
        return self.opener.open(self.url + path).read().decode()

    def new_key(self, action, **fields):
        """Posts a form of the sources' settings and reads the key that is shown this once."""
        form = dict(Page(self.get("/settings/sources")).hidden, **fields)
        page = self.opener.open(self.url + action, urllib.parse.urlencode(form).encode()).read().decode()
        return re.search(r"\b(?:wk|ak)_[0-9a-z]{20,}", page).group()

    def times(self, paths, pause=0):
        """Milliseconds from asking for each page to its last byte."""
        out = []
        for path in paths:
            time.sleep(pause)
            began = time.perf_counter()
            self.get(path)
            out.append((time.perf_counter() - began) * 1e3)
        return out


def people_paths(member, wanted):
    """Addresses of portraits, found by paging through the people."""
    found, path = [], "/people"
    while path and len(found) < wanted:
        page = Page(member.get(path))
        found += [l for l in page.links if l.startswith("/people/p_") and "?" not in l and l.count("/") == 2]
        path = next((l for l in page.links if "cursor=" in l), None)
        if path and path.startswith("?"):
            path = "/people" + path
    return sorted(set(found))


def row(name, times):
    times = sorted(times)
    at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
    print(f"| {name} | {len(times)} | {at(0.5):.1f} | {at(0.95):.1f} | {at(0.99):.1f} | {times[-1]:.1f} |")


def measure(member, portraits, rounds, note=""):
    row("home" + note, member.times(["/"] * max(20, rounds // 4)))
    row("people" + note, member.times(["/people"] * max(20, rounds // 4)))
    row("portrait, another person each time" + note, member.times((portraits * rounds)[:rounds]))


def main():
    url, email, password = sys.argv[1:4]
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    events = float(sys.argv[5]) if len(sys.argv) > 5 else 0
    member = Member(url, email, password)
    portraits = people_paths(member, rounds)
    if not portraits:
        sys.exit("no person was found on /people")
    random.Random(1).shuffle(portraits)
    print("| page | times | p50 ms | p95 ms | p99 ms | most ms |")
    print("|---|---|---|---|---|---|")
    measure(member, portraits, rounds)
    if events > 0:
        name = "Arrivals " + uuid.uuid4().hex[:8]  # Those of earlier runs are still there.
        write_key = member.new_key("/settings/sources", name=name, kind="server")
        api_key = member.new_key("/settings/api-keys", name=name)
        with Arrivals(url, write_key, api_key, events) as arrivals:
            note = f", {events:g} events a second arriving"
            measure(member, portraits, rounds, note)
            row("home made anew" + note, member.times(["/"] * max(20, rounds // 10), pause=HOME_PAUSE_SECONDS))
        print(f"\nArrived meanwhile: {arrivals.sent} events, {arrivals.orders} of them orders.")


if __name__ == "__main__":
    main()
