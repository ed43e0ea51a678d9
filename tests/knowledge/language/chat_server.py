"""A server that speaks the protocol of chat completions; run as a process of its own.

    python chat_server.py PLAN LOG

PLAN is a JSON list: what happens to the requests in turn ("ok", "slow", "junk", "bare" or a
status such as 429); "ok" once it is used up. Requests are appended to LOG, a line each. The port
is printed.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PLAN, LOG = json.loads(sys.argv[1]), Path(sys.argv[2])
LOCK = threading.Lock()


def completion(body: dict, bare: bool) -> dict:
    """Yes as probable as the question is long, modulo 7, plus 1, in tenths."""
    last = body["messages"][-1]["content"]
    yes = (len(last) % 7 + 1) / 10
    listed = [("Yes", yes * 0.75), (" yes", yes * 0.25), ("No", 0.9 - yes), ("Maybe", 0.05)]
    logs = [{"token": token, "logprob": math.log(p)} for token, p in listed]
    choice = {"index": 0, "message": {"role": "assistant", "content": f" about {len(last)} "}}
    if body.get("logprobs") and not bare:
        assert body["max_tokens"] == 1
        choice["logprobs"] = {"content": [{"token": "Yes", "top_logprobs": logs}]}
    return {"choices": [choice], "usage": {"prompt_tokens": 9, "total_tokens": 10}}


class Chat(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with LOCK:
            step = PLAN.pop(0) if PLAN else "ok"
            told = {"path": self.path, "key": self.headers.get("Authorization"), "body": body}
            with LOG.open("a") as log:
                log.write(json.dumps(told) + "\n")
        if step == "slow":
            time.sleep(1.0)
        status = step if isinstance(step, int) else 200
        reply = (
            b"{junk" if step == "junk" else json.dumps(completion(body, step == "bare")).encode()
        )
        try:
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)
        except BrokenPipeError:
            pass

    def log_message(self, *args: object) -> None:
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
sys.stdout.write(f"{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
