"""The least a server of this kind can do: ``python -m fewrec.service.bench.hello``."""

from __future__ import annotations

import sys

from fastapi import FastAPI

from fewrec.service.running import listen, run


def main() -> None:
    """Serve one route that says hello, as ``fewrec serve`` serves its own."""
    app = FastAPI()

    @app.get("/hello")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    with listen("127.0.0.1", 0) as listening:
        sys.stdout.write(f"at http://127.0.0.1:{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        run(app, listening)


if __name__ == "__main__":
    main()
