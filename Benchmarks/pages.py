#!/usr/bin/env python3
"""Times pages of the console as a signed-in member, one after another. Usage: pages.py URL EMAIL PASSWORD [ROUNDS]"""
import html.parser
import http.cookiejar
import random
import sys
import time
import urllib.parse
import urllib.request


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

    def times(self, paths):
        """Milliseconds from asking for each page to its last byte."""
        out = []
        for path in paths:
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


def main():
    url, email, password = sys.argv[1:4]
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    member = Member(url, email, password)
    portraits = people_paths(member, rounds)
    if not portraits:
        sys.exit("no person was found on /people")
    random.Random(1).shuffle(portraits)
    print("| page | times | p50 ms | p95 ms | p99 ms | most ms |")
    print("|---|---|---|---|---|---|")
    row("home", member.times(["/"] * max(20, rounds // 4)))
    row("people", member.times(["/people"] * max(20, rounds // 4)))
    row("portrait, another person each time", member.times((portraits * rounds)[:rounds]))


if __name__ == "__main__":
    main()
