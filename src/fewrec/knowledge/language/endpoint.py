"""Language models behind an OpenAI-compatible HTTP endpoint; off until somebody agrees."""

from __future__ import annotations

import json
import logging
import os
import random
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from fewrec.data.arrays import Doubles
from fewrec.data.chat import Chat
from fewrec.errors import AssetError, ConfigError

TOP = 20
"""How many tokens an endpoint may list with their log-probabilities."""

CHARACTERS_A_TOKEN = 3
_AGAIN = (408, 409, 425, 429, 500, 502, 503, 504)
_MARKUP = re.compile(r"([<\[])(?=[|/A-Za-z])")

_log = logging.getLogger(__name__)


@dataclass
class Spent:
    """What was asked so far; counted over all threads."""

    requests: int = 0
    tokens: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


@dataclass(frozen=True)
class Endpoint:
    """A ``LanguageModel`` on another machine, asked by ``POST {address}/chat/completions``.

    What leaves this machine: the words of the prompts, that is titles and texts of items, which
    of them a person liked or disliked, and what they say about themselves; no ids. Nothing
    leaves unless ``agreed`` is true.

    Attributes:
        address: Such as ``https://api.example.com/v1``; https, or http on this machine.
        model: Name of the model there.
        agreed: Whether somebody who may decide it agreed to the above.
        key_variable: Environment variable that holds the key; "" where none is needed.
        timeout: Seconds for one answer, .1 to 600.
        attempts: How often a question is sent at most, 1 to 10.
        wait: Seconds before the second attempt; twice as many before each further one.
        parallel: Questions under way at once, 1 to 64.
        most_requests: Sent in all, attempts included; then ConfigError.
        most_tokens: Read and written in all, as the endpoint counts them (estimated before).
    """

    address: str
    model: str
    agreed: bool = False
    key_variable: str = "OPENAI_API_KEY"
    timeout: float = 30.0
    attempts: int = 4
    wait: float = 0.5
    parallel: int = 4
    most_requests: int = 10_000
    most_tokens: int = 2_000_000
    spent: Spent = field(default_factory=Spent, compare=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        here = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and here):
            raise ConfigError(f"{self.address}: only https, or http on this machine, is safe.")
        limits = {"timeout": (0.1, 600), "attempts": (1, 10), "wait": (0, 60), "parallel": (1, 64)}
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise ConfigError(f"Endpoint: {name} must be between {low} and {high}.")
        if not self.agreed:
            raise ConfigError(f"{self.notice} Say agreed=True to allow it.")
        _log.warning("%s", self.notice)

    @property
    def notice(self) -> str:
        """What leaves this machine, and where it goes."""
        return (
            f"Prompts leave this machine for {urlsplit(self.address).netloc}: titles and texts of "
            "items, which of them a person liked or disliked, and what they say about themselves."
        )

    @property
    def name(self) -> str:
        """Where it is and what it is called; whether it changes there, nobody can know."""
        return f"{urlsplit(self.address).netloc}-{self.model}"

    def length(self, text: str) -> int:
        """About how many tokens a text takes, rather too many."""
        return len(text) // CHARACTERS_A_TOKEN + 1

    def answers(self, chats: Sequence[Chat], answers: Sequence[str]) -> Doubles:
        """Log-probability of A answers, of the tokens listed that begin one. Shape [N, A].

        An answer that is not among the listed tokens is as probable as the least of them, at
        most.

        Raises:
            ConfigError: The budget is spent.
            AssetError: The endpoint does not answer, refuses, or lists no log-probabilities.
        """
        more = {"max_tokens": 1, "logprobs": True, "top_logprobs": TOP}
        found = [_first_token(self.model, reply, answers) for reply in self._all(chats, more)]
        logs: Doubles = np.array(found, dtype=np.float64).reshape(len(chats), len(answers))
        return logs

    def generate(self, chats: Sequence[Chat], tokens: int) -> list[str]:
        """The answers it gives, of at most so many tokens. N texts."""
        replies = self._all(chats, {"max_tokens": tokens})
        return [str(reply["message"]["content"] or "").strip() for reply in replies]

    def _all(self, chats: Sequence[Chat], more: Mapping[str, Any]) -> list[dict[str, Any]]:
        with ThreadPoolExecutor(self.parallel) as pool:
            futures = [pool.submit(self._asked, chat, more) for chat in chats]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _asked(self, chat: Chat, more: Mapping[str, Any]) -> dict[str, Any]:
        """The first choice of a reply, after as many attempts as it takes."""
        said = [{"role": turn.role, "content": _harmless(turn.text)} for turn in chat]
        body = {"model": self.model, "messages": said, "temperature": 0, "seed": 0, **more}
        expected = sum(self.length(turn.text) for turn in chat) + int(more["max_tokens"])
        for attempt in range(1, self.attempts + 1):
            self._pay(expected)
            try:
                reply = self._post(body)
            except (OSError, ValueError) as error:  # URLError and time-outs are OSErrors
                if isinstance(error, urllib.error.HTTPError):
                    error.close()
                pause = _pause(error, self.wait * 2 ** (attempt - 1))
                if attempt == self.attempts or pause is None:
                    raise AssetError(f"{self.name}: {_told(error)}, attempt {attempt}.") from error
                _log.info("%s: %s; again in %.1f s", self.name, _told(error), pause)
                time.sleep(pause)
                continue
            used = reply.get("usage") or {}
            with self.spent.lock:
                self.spent.tokens += int(used.get("total_tokens", expected)) - expected
            try:
                choice: dict[str, Any] = reply["choices"][0]
            except (KeyError, IndexError, TypeError) as error:
                raise AssetError(f"{self.name}: the reply holds no choices.") from error
            return choice
        raise AssertionError("unreachable")

    def _pay(self, tokens: int) -> None:
        with self.spent.lock:
            if self.spent.requests + 1 > self.most_requests:
                raise ConfigError(f"{self.name}: {self.most_requests:,} requests are spent.")
            if self.spent.tokens + tokens > self.most_tokens:
                raise ConfigError(f"{self.name}: {self.most_tokens:,} tokens are spent.")
            self.spent.requests += 1
            self.spent.tokens += tokens

    def _post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "User-Agent": "fewrec"}
        if self.key_variable:
            key = os.environ.get(self.key_variable)
            if not key:
                raise ConfigError(f"{self.name}: set its key in the variable {self.key_variable}.")
            headers["Authorization"] = f"Bearer {key}"
        url = f"{self.address.rstrip('/')}/chat/completions"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=self.timeout) as response:
            reply = json.loads(response.read())
        if not isinstance(reply, dict):
            raise ValueError("the reply is no JSON object")
        return reply


def _harmless(text: str) -> str:
    """A text in which nothing looks like the markup of a chat template."""
    return _MARKUP.sub(r"\1 ", text)


def _first_token(model: str, choice: Mapping[str, Any], answers: Sequence[str]) -> list[float]:
    """Log-probability of each answer by the tokens listed first. A numbers."""
    try:
        listed = choice["logprobs"]["content"][0]["top_logprobs"]
        tokens = [(str(one["token"]).strip().casefold(), float(one["logprob"])) for one in listed]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise AssetError(f"{model} lists no log-probabilities; it cannot rank.") from error
    if not tokens:
        raise AssetError(f"{model} lists no log-probabilities; it cannot rank.")
    least = min(log for _, log in tokens)
    found = []
    for answer in answers:
        others = [other.casefold() for other in answers if other != answer]
        logs = [
            log
            for token, log in tokens
            if token
            and answer.casefold().startswith(token)
            and not any(other.startswith(token) for other in others)
        ]
        found.append(float(np.logaddexp.reduce(logs)) if logs else least)
    return found


def _pause(error: Exception, planned: float) -> float | None:
    """Seconds to wait before the next attempt; None where another one cannot help."""
    if isinstance(error, urllib.error.HTTPError):
        if error.code not in _AGAIN:
            return None
        told = error.headers.get("Retry-After", "")
        if told.isdigit():
            return min(float(told), 60.0)
    return planned * random.uniform(0.75, 1.25)


def _told(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"it answers {error.code} {error.reason}"
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    return f"it cannot be asked ({getattr(error, 'reason', error)})"
