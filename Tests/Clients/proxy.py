#!/usr/bin/env python3
"""A small HTTP proxy that records what clients send to a server, and fails on demand. Loopback only, for tests.

    proxy.py --upstream http://127.0.0.1:8080 --faults 500,429 [--retry-after 1]      prints its address, runs until killed

A fault answers one POST to /v1/… in place of the server; they are used up in order:
    500, 429, 503 …    that status, with a JSON body of code and message (and Retry-After when given)
    drop               the connection is closed without an answer, and the server sees nothing
    swallow            the server takes the request, but its answer is lost on the way back
GET /__proxy answers what was seen so far: [{"method", "path", "headers", "body", "status", "fault"}].
"""
import argparse
import gzip
import http.client
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Proxy:
    def __init__(self, upstream, port=0):
        self.upstream = urllib.parse.urlsplit(upstream)
        self.lock = threading.Lock()
        self.faults = []
        self.seen = []
        self.retry_after = None
        self.server = ThreadingHTTPServer(("127.0.0.1", port), self.handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fail(self, *faults, retry_after=None):
        with self.lock:
            self.faults = list(faults)
            self.retry_after = retry_after

    def clear(self):
        with self.lock:
            self.faults = []
            self.seen = []

    def collected(self, path="/v1/"):
        """The requests to the collect API so far, oldest first."""
        with self.lock:
            return [r for r in self.seen if r["path"].startswith(path)]

    def next_fault(self, method, path):
        if method == "POST" and path.startswith(("/v1/", "/batch")) and self.faults:
            return self.faults.pop(0)
        return None

    def forward(self, method, path, headers, body):
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def handler(proxy):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path == "/__proxy":
                    with proxy.lock:
                        text = json.dumps(proxy.seen)
                    return self.reply(200, [("Content-Type", "application/json")], text.encode())
                with proxy.lock:
                    fault = proxy.next_fault(self.command, self.path)
                    plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
                    record = {
                        "method": self.command, "path": self.path, "headers": dict(self.headers.items()),
                        "body": plain.decode("utf-8", "replace"), "status": None, "fault": fault,
                    }
                    proxy.seen.append(record)
                if fault == "drop":
                    return self.hang_up()
                if isinstance(fault, int):
                    record["status"] = fault
                    extra = [("Retry-After", str(proxy.retry_after))] if proxy.retry_after is not None else []
                    text = json.dumps({"code": "injected", "message": "A fault made by the test."}).encode()
                    cors = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "Retry-After")]
                    return self.reply(fault, [("Content-Type", "application/json")] + cors + extra, text)
                headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
                try:
                    status, answer_headers, answer = proxy.forward(self.command, self.path, headers, body)
                except OSError:
                    return self.hang_up()
                record["status"], record["answer"] = status, answer.decode("utf-8", "replace")
                record["answerHeaders"] = dict(answer_headers)
                if fault == "swallow":
                    return self.hang_up()
                self.reply(status, [h for h in answer_headers if h[0].lower() not in HOP_BY_HOP], answer)

            def reply(self, status, headers, body):
                try:
                    self.send_response(status)
                    for name, value in headers:
                        self.send_header(name, value)
                    if status != 304:
                        self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    if self.command != "HEAD" and status != 304:
                        self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def hang_up(self):
                self.close_connection = True

            do_GET = do_POST = do_OPTIONS = do_HEAD = any

        return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", default="")
    parser.add_argument("--retry-after", type=int)
    options = parser.parse_args()
    proxy = Proxy(options.upstream, options.port)
    proxy.fail(
        *[int(f) if f.isdigit() else f for f in options.faults.split(",") if f], retry_after=options.retry_after)
    print(proxy.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
