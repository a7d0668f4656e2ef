#!/usr/bin/env python3
"""Takes a picture of every page of the console: both languages, light and dark, desktop and phone.

    screens.py --url http://127.0.0.1:8080 --email E --password P --out DIR [--only home,portrait] [--chromium /usr/bin/chromium]
    screens.py --url http://127.0.0.1:8080 --first-run --out DIR        against a server with an empty data folder

Prints one JSON line for each picture {"picture", "ok", "detail"}: a page is not ok when it is wider than the screen, when the
console holds errors, when a control has no name, or when an id stands twice. The exit status is 0 when all are ok.
"""
import argparse
import json
import os
import sys
import urllib.parse

from playwright.sync_api import sync_playwright

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
NAMELESS = """() => [...document.querySelectorAll('a,button,input:not([type=hidden]),select,textarea,summary')]
  .filter(e => !(e.getAttribute('aria-label') || (/^(INPUT|SELECT|TEXTAREA)$/.test(e.tagName) ? e.labels.length : e.textContent.trim())))
  .map(e => e.outerHTML.slice(0, 120))"""
TWICE = """() => [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, place, all) => all.indexOf(id) < place)"""
QUESTION_PAGES = ["trends", "funnels", "retention", "lifecycle", "stages", "stickiness", "paths", "time", "attribution", "drivers"]
PROBLEM = {"kind": "funnel", "window": "14d", "steps": [{"event": "Product Viewed"}]}
# Pinned on one board: a cut breakdown as figure and as table, a number, an empty answer, and one that is refused.
STATES = {
    "Pages by day": {"kind": "trend", "series": [{"selector": {"any": True}, "measure": "total"}], "interval": "day",
                     "breakdown": [{"property": "context.page.path"}], "limit": 1000, "range": {"last": "30d"}},
    "Funnel by product": {"kind": "funnel", "window": "14d", "breakdown": [{"property": "product_id"}], "limit": 1000,
                          "steps": [{"event": "Product Viewed"}, {"event": "Order Completed"}], "range": {"last": "30d"}},
    "Customers": {"kind": "count", "who": {"role": "customer"}},
    "Nothing": {"kind": "trend", "series": [{"selector": {"event": "Ordre Completed"}, "measure": "total"}], "interval": "day"},
    "Refused": {"kind": "lifecycle", "selector": {"any": True}, "interval": "week", "range": {"from": "2026-02-01", "to": "2026-01-01"}},
    "Paths": {"kind": "paths", "from": {"event": "Product Viewed"}, "depth": 3, "limit": 200, "range": {"last": "30d"}},
}
FUNNEL = {"kind": "funnel", "window": "14d", "steps": [{"event": "Product Viewed"}, {"event": "Product Added"}, {"event": "Order Completed"}]}


class Tour:
    def __init__(self, browser, arguments):
        self.browser, self.url, self.out = browser, arguments.url, arguments.out
        self.only = set(arguments.only.split(",")) if arguments.only else None
        self.good = True

    def view(self, language, theme, size):
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce",
            locale={"en": "en-GB", "zh": "zh-CN"}[language], is_mobile=size == "phone")
        page = context.new_page()
        page.errors = []
        page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.suffix = f"{language}-{theme}-{size}"
        return page

    def take(self, page, name, path=None, errors_expected=False):
        if self.only is not None and name not in self.only:
            return
        if path is not None:
            page.goto(self.url + path)
        page.wait_for_load_state("load")
        detail = []
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            detail.append(f"{overflow} px wider than the screen")
        detail += [f"no name: {element}" for element in page.evaluate(NAMELESS)]
        detail += [f"two elements with the id {name}" for name in page.evaluate(TWICE)]
        if page.errors and not errors_expected:
            detail += page.errors
        page.errors.clear()
        picture = f"{name}-{page.suffix}.png"
        page.screenshot(path=os.path.join(self.out, picture), full_page=True)
        self.good = self.good and not detail
        print(json.dumps({"picture": picture, "ok": not detail, "detail": "; ".join(detail)}, ensure_ascii=False), flush=True)


def sign_in(tour, page, email, password):
    page.goto(tour.url + "/sign-in")
    page.fill("#f-email", email)
    page.fill("#f-password", password)
    page.click("main button.first")
    page.wait_for_url(tour.url + "/")


def member_pages(tour, email, password):
    for language, theme, size in views():
        page = tour.view(language, theme, size)
        tour.take(page, "sign-in", "/sign-in")
        sign_in(tour, page, email, password)
        tour.take(page, "home", "/")
        tour.take(page, "home-earlier", "/?on=" + earlier(page))
        tour.take(page, "roles", "/roles")
        tour.take(page, "roles-earlier", "/roles?interval=month&since=2026-08-15&until=2026-10-31")
        tour.take(page, "roles-problem", "/roles?since=2026-02-01&until=2026-01-01", errors_expected=True)
        tour.take(page, "accounts", "/accounts")
        account = page.locator("table.accounts-list a").first
        if account.count():
            tour.take(page, "account", account.get_attribute("href"))
        tour.take(page, "accounts-none", "/accounts?search=nothing-has-this")
        tour.take(page, "people", "/people")
        tour.take(page, "people-none", "/people?search=nobody-has-this")
        registration_page(tour, page)
        tour.take(page, "identity", "/people/identity")
        tour.take(page, "identity-change", page.locator("table.identity-list a[href*='action=']").first.get_attribute("href"))
        tour.take(page, "identity-refused", "/people/identity/change?action=merge&left=nobody&right=nobody-else", errors_expected=True)
        tour.take(page, "identity-none", "/people/identity?kind=command")
        tour.take(page, "product-codes", "/people/product-codes")
        tour.take(page, "product-codes-unknown", "/people/product-codes?code=0000-0000-0000&cases=closed")
        program_pages(tour, page)
        page.goto(tour.url + "/people?cell=both")
        portrait = page.get_attribute("a.who", "href")
        tour.take(page, "portrait", portrait)
        page.goto(tour.url + portrait)
        page.locator("ol.events details").first.evaluate("e => e.open = true")
        tour.take(page, "portrait-open")
        tour.take(page, "erase", portrait + "/erase")
        page.goto(tour.url + portrait)
        page.locator("ol.events details").first.evaluate("e => e.open = true")
        raw = page.locator("ol.events a.small, ol.events details a").first.get_attribute("href")
        tour.take(page, "event", raw)
        tour.take(page, "live", "/live")
        tour.take(page, "ask", "/ask")
        for name, question in (("ask-funnel", FUNNEL), ("ask-problem", PROBLEM)):
            tour.take(page, name, "/ask?q=" + urllib.parse.quote(json.dumps(question)), errors_expected=name == "ask-problem")
        for kind in QUESTION_PAGES:
            tour.take(page, "questions-" + kind, "/questions/" + kind)
        page.goto(tour.url + "/questions/lifecycle")
        people = page.locator("a[href^='/questions/people']").first.get_attribute("href")
        tour.take(page, "questions-people", people)
        tour.take(page, "questions-none", "/questions/trends?event1=Nothing&measure1=total&interval=day&last=30d")
        tour.take(page, "questions-problem", "/questions/funnels?step1=page&window=soon", errors_expected=True)
        board_pages(tour, page)
        for tab in ("", "/sources", "/members", "/identity", "/stages", "/retention", "/consent", "/audit", "/account"):
            tour.take(page, "settings" + tab.replace("/", "-"), "/settings" + tab)
        page.goto(tour.url + "/settings/stages")
        page.fill("[name=rule-3]", '{"everyone": true}')
        page.locator("button[value=preview]").last.click()
        tour.take(page, "settings-stages-preview")
        page.fill("[name=rule-3]", '{"everyone": 1}')
        page.locator("button[value=preview]").last.click()
        tour.take(page, "settings-stages-refused", errors_expected=True)
        trait_pages(tour, page)
        page.goto(tour.url + "/settings/sources")
        tour.take(page, "settings-source", page.locator("a[href$='/settings']").last.get_attribute("href"))
        tour.take(page, "not-found", "/nothing-here", errors_expected=True)
        page.context.close()


def trait_pages(tour, page):
    page.goto(tour.url + "/settings/traits")
    if not page.locator("h3 .mono").count():
        tour.take(page, "settings-traits-none")
    rule = '{"selector": {"event": "Order Completed"}, "measure": "count"}'
    page.fill("#f-key", "orders")
    page.fill("#f-rule", rule)
    page.locator("button[value=preview]").last.click()
    tour.take(page, "settings-traits-preview")
    page.click("button[value=save]")
    page.wait_for_url("**/settings/traits?done=saved*")
    tour.take(page, "settings-traits", "/settings/traits")
    page.fill("#f-key", "a.b")
    page.fill("#f-rule", rule)
    page.locator("button[value=preview]").last.click()
    tour.take(page, "settings-traits-refused", errors_expected=True)


def program_pages(tour, page):
    tour.take(page, "program", "/program")
    tour.take(page, "points", "/points")
    tour.take(page, "points-none", "/points?search=nobody-has-this")
    page.goto(tour.url + "/points")
    member = page.locator("table.statement a").first.get_attribute("href")
    tour.take(page, "member-points", member)
    page.goto(tour.url + member)
    page.locator("details.doing, details.undo").evaluate_all("all => all.forEach(e => e.open = true)")
    tour.take(page, "member-points-open")
    page.fill("#f-adjust-amount", "many")
    page.fill("#f-adjust-note", "a note that stays")
    page.locator("details.doing button.first").first.click()
    tour.take(page, "member-points-refused", errors_expected=True)
    page.goto(tour.url + member)
    tour.take(page, "member-card", page.locator("a[href^='/m/']").first.get_attribute("href"))
    tour.take(page, "member-card-none", "/m/nothing", errors_expected=True)
    tour.take(page, "books", "/points/books?check=1")
    tour.take(page, "book-closing", page.evaluate("'/points/books/close?month=' + document.querySelector('#f-month').value"))
    tour.take(page, "approvals", "/points/approvals")
    tour.take(page, "points-import", "/points/import")
    tour.take(page, "points-import-close", "/points/import/close")
    tour.take(page, "points-open", "/points/open")
    tour.take(page, "partners", "/points/partners")
    tour.take(page, "coupons", "/coupons")
    tour.take(page, "benefits", "/benefits")
    tour.take(page, "benefit-plans", "/benefits/plans")
    tour.take(page, "benefit-products", "/benefits/products")
    tour.take(page, "disputes", "/disputes")


def registration_page(tour, page):
    page.goto(tour.url + "/people/registration")
    if not page.locator("figure").count():
        tour.take(page, "registration-none")
        page.fill("#f-name", "Club")
        page.fill("#f-steps", "Contact: email\nHome: city, country\nTaste: favourite tea")
        page.click("main button.first")
        page.wait_for_url("**/people/registration?done=created")
    tour.take(page, "registration", "/people/registration")
    tour.take(page, "registration-change", page.locator("a[href*='change=']").first.get_attribute("href"))


def board_pages(tour, page):
    tour.take(page, "boards", "/boards")
    page.goto(tour.url + "/boards")
    starter = page.locator(".board-list a").first.get_attribute("href")
    tour.take(page, "board", starter)
    tour.take(page, "board-range", starter + "?since=2026-11-01&until=2026-11-14")
    tour.take(page, "board-bad-range", starter + "?last=soon", errors_expected=True)
    page.goto(tour.url + starter)
    page.locator(".card-menu").first.evaluate("e => e.open = true")
    page.locator(".board-settings").evaluate("e => e.open = true")
    tour.take(page, "board-open")
    tour.take(page, "board-delete", starter + "/delete")
    tour.take(page, "board-states", states_board(tour, page))
    page.goto(tour.url + "/questions/funnels")
    page.locator(".pin").evaluate("e => e.open = true")
    tour.take(page, "pin")
    page.fill("#f-pin-title", "")
    page.evaluate("document.querySelector('.pin form').noValidate = true")
    page.click(".pin button.first")
    tour.take(page, "pin-refused", errors_expected=True)


def states_board(tour, page):
    """The address of the board of every state, which is made when it is not there."""
    for title, question in STATES.items():
        page.goto(tour.url + "/boards")
        known = page.locator(".board-list a", has_text="States")
        if known.count() and title == next(iter(STATES)):
            return known.first.get_attribute("href")
        board = known.first.get_attribute("href").split("/")[-1] if known.count() else ""
        token = page.get_attribute("input[name=token]", "value")
        page.context.request.post(tour.url + "/boards/pin", form={
            "token": token, "question": json.dumps(question), "page": "ask", "title": title, "board": board, "name": "States"})
    page.goto(tour.url + "/boards")
    return page.locator(".board-list a", has_text="States").first.get_attribute("href")


def earlier(page):
    return page.get_attribute("#on", "min") and page.evaluate(
        "new Date(Date.parse(document.querySelector('#on').max) - 60 * 864e5).toISOString().slice(0, 10)")


def first_run(tour):
    """The first steps, once; each step is pictured in every view before it is taken."""
    views_of = [(tour.view(*view), view) for view in views()]
    main = views_of[0][0]

    def everyone(name, path):
        for page, _ in views_of:
            page.context.add_cookies(main.context.cookies() and [
                cookie for cookie in main.context.cookies() if "lang" not in cookie["name"] and "theme" not in cookie["name"]])
            tour.take(page, name, path)

    everyone("first-owner", "/")
    main.goto(tour.url + "/setup")
    main.fill("#f-password", "short")
    main.fill("#f-email", "not an address")
    main.fill("#f-name", "x")
    main.evaluate("document.querySelector('main form').noValidate = true")
    main.click("main button.first")
    tour.take(main, "first-owner-refused", errors_expected=True)
    main.goto(tour.url + "/setup")
    main.fill("#f-name", "Lin 林")
    main.fill("#f-email", "lin@example.com")
    main.fill("#f-password", "a long enough phrase 茶")
    main.click("main button.first")
    main.wait_for_url("**/setup/workspace*")
    everyone("first-workspace", "/setup/workspace")
    main.goto(tour.url + "/setup/workspace")
    main.fill("#f-name", "Mountain Tea 山间茶舍")
    main.click("main button.first")
    main.wait_for_url("**/setup/source*")
    everyone("first-source", "/setup/source")
    main.goto(tour.url + "/setup/source")
    if main.locator("#f-name").count():
        main.fill("#f-name", "Web shop")
    main.click("main button.first")
    main.wait_for_url("**/setup/ready*")
    key = main.inner_text("#key")
    tour.take(main, "first-waiting")
    everyone("first-ready", main.url[len(tour.url):])
    everyone("home-empty", "/")
    everyone("people-empty", "/people")
    everyone("live-empty", "/live")
    print(json.dumps({"writeKey": key}))


def views():
    return [(language, theme, size) for language in ("en", "zh") for theme in ("light", "dark") for size in SIZES]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("url", "out"):
        parser.add_argument("--" + name, required=True)
    for name in ("email", "password", "only"):
        parser.add_argument("--" + name)
    parser.add_argument("--first-run", action="store_true")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox"])
        tour = Tour(browser, arguments)
        if arguments.first_run:
            first_run(tour)
        else:
            member_pages(tour, arguments.email, arguments.password)
        browser.close()
    sys.exit(0 if tour.good else 1)


main()
