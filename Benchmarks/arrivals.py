"""Sends events to a server at a steady pace from a thread: views and orders of known people, first visits, logins, returns."""
import base64
import http.client
import json
import random
import threading
import time
import urllib.parse
import uuid


class Arrivals:
    def __init__(self, url, write_key, api_key, per_second):
        self.address = urllib.parse.urlsplit(url).netloc
        self.write = {"Authorization": "Basic " + base64.b64encode((write_key + ":").encode()).decode()}
        self.read = {"Authorization": "Bearer " + api_key}
        self.pause = 1 / per_second
        self.random = random.Random(7)
        self.sent = self.orders = 0
        self.visitors, self.paid, self.problem = [], [], None
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.users = self.known_users()
        self.thread.start()
        return self

    def __exit__(self, *problem):
        self.ended.set()
        self.thread.join()
        if self.problem:
            raise self.problem

    def post(self, connection, path, body, headers):
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}: {text[:200]!r}")
        return json.loads(text)

    def known_users(self):
        question = {"kind": "count", "who": {"role": "customer"}, "list": True, "limit": 500}
        people = self.post(http.client.HTTPConnection(self.address), "/api/v1/query", question, self.read)["people"]
        found = [user for person in people for user in person["identities"].get("user_id", [])]
        if not found:
            raise RuntimeError("no customer with a user id was found")
        return found

    def run(self):
        connection = http.client.HTTPConnection(self.address)
        due = time.perf_counter()
        try:
            while not self.ended.is_set():
                self.post(connection, "/v1/batch", {"batch": [self.call()]}, self.write)
                self.sent += 1
                due += self.pause
                self.ended.wait(max(0, due - time.perf_counter()))
        except Exception as problem:
            self.problem = problem

    def call(self):
        """One call: six in ten of a known user, the others of new visitors, some of whom sign in."""
        chance = self.random.random()
        user = self.random.choice(self.users)
        call = {"type": "track", "messageId": str(uuid.uuid4()), "userId": user}
        if chance < 0.45:
            return {**call, "event": "Product Viewed", "properties": {"product_id": f"p-{self.random.randrange(90)}"}}
        if chance < 0.55:
            self.orders += 1
            self.paid.append(str(uuid.uuid4()))
            total = self.random.randrange(100, 50000) / 100
            return {**call, "event": "Order Completed", "properties": {"order_id": self.paid[-1], "total": total, "currency": "CNY"}}
        if chance < 0.57 and self.paid:
            return {**call, "event": "Order Refunded", "properties": {"order_id": self.random.choice(self.paid)}}
        del call["userId"]
        if chance < 0.65 and self.visitors:
            traits = {"name": "Visitor " + user, "plan": "new"}
            return {**call, "type": "identify", "userId": user, "anonymousId": self.visitors.pop(), "traits": traits}
        self.visitors.append(str(uuid.uuid4()))
        return {**call, "type": "page", "name": "Home", "anonymousId": self.visitors[-1], "properties": {"path": "/"}}
