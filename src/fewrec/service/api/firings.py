"""How often each rule fired, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from fewrec.service.slate_log import SlateLog


class Firings(Collector):
    """Reads the counts that the slates left behind.

    Args:
        slates: Counts firings.
    """

    def __init__(self, slates: SlateLog) -> None:
        self._slates = slates

    def collect(self) -> Iterable[Metric]:
        """One counter a rule that fired since the start."""
        family = CounterMetricFamily(
            "fewrec_rule_firings", "Items that a rule kept away or put in", labels=["rule"]
        )
        for rule, times in sorted(self._slates.fired.copy().items()):
            family.add_metric([rule], times)
        yield family
