"""`fewrec assets list`: the pretrained models and public data sets, and which are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.output import Run

if TYPE_CHECKING:
    from fewrec.assets import Asset


def command(
    run: Run,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Compute every checksum again, not only of changed files."),
    ] = False,
) -> None:
    """List pretrained models and public data sets, and which are here.

    Assets are fetched when they are first used. They lie in the user's cache folder; the
    variable `FEWREC_CACHE` names another one.
    """
    from fewrec.assets import ASSETS, cache_folder, state

    folder = cache_folder("assets")
    listed = [_described(asset, state(asset, thorough=verify)) for asset in ASSETS.values()]
    for entry in listed:
        size = f"{entry['bytes'] / 1e6:.1f} MB"
        run.say(f"{entry['name']:<22}  {entry['kind']:<5}  {size:>8}  {entry['state']}")
        run.say(f"    {entry['summary']}; licence {entry['licence']}")
        run.say(f"    {entry['upstream']}, package {entry['package']}")
    run.say(f"Folder: {folder}")
    run.extras.update(assets=listed, folder=str(folder))


def _described(asset: Asset, state: str) -> dict[str, Any]:
    return {
        "name": asset.name,
        "kind": asset.kind,
        "bytes": asset.size,
        "state": state,
        "summary": asset.summary,
        "licence": asset.licence,
        "upstream": asset.upstream,
        "package": f"{asset.wheel.project}=={asset.wheel.version}",
        "terms": asset.terms,
    }
