"""Edges between functions, and chains of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncsa_lint.project.callgraph import CallGraph
from asyncsa_lint.project.inference import Inference
from tests.project.building import Built

GATEWAY = """
    class Gateway:
        def __init__(self, url: str) -> None:
            self.url = url

        @property
        def address(self) -> str:
            return self.url

        def total(self) -> int:
            return 1

    class Special(Gateway):
        def __call__(self) -> int:
            return self.total()

    shared = Gateway("x")
"""
CALLERS = """
    import asyncio
    from functools import partial
    from typing import Annotated

    from fastapi import Depends

    import gateway
    from gateway import Gateway as G, Special, shared


    class Service:
        def __init__(self, gateway: G, other) -> None:
            self.gateway = gateway
            self.own = Special("y")
            self.other = other

        def by_annotation(self) -> int:
            return self.gateway.total()

        def by_constructor(self) -> int:
            return self.own.total()

        def by_instance_call(self) -> int:
            return self.own()

        def unknown(self) -> int:
            return self.other.total()


    def constructs() -> object:
        return G("z")


    def by_module_value() -> int:
        return shared.total() + gateway.shared.total()


    def by_property(gate: "G | None") -> str:
        return gate.address


    def by_lambda(gate: G) -> object:
        return lambda: gate.total()


    async def in_thread() -> None:
        await asyncio.to_thread(constructs)
        partial(by_module_value)


    def by_dependency(gate: Annotated[object, Depends(constructs)]) -> None: ...


    def outer() -> object:
        def inner() -> int:
            return shared.total()

        return inner
"""


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return Built(tmp_path, {"gateway.py": GATEWAY, "callers.py": CALLERS})


@pytest.fixture
def graph(built: Built) -> CallGraph:
    return CallGraph(Inference(built.project))


@pytest.mark.parametrize(
    ("caller", "targets"),
    [
        ("Service.__init__", ["Gateway.__init__"]),
        ("Service.by_annotation", ["Gateway.total"]),
        ("Service.by_constructor", ["Gateway.total"]),
        ("Service.by_instance_call", ["Special.__call__"]),
        ("Service.unknown", []),
        ("constructs", ["Gateway.__init__"]),
        ("by_module_value", ["Gateway.total", "Gateway.total"]),
        ("by_property", ["Gateway.address"]),
        ("by_lambda", ["Gateway.total"]),
        ("in_thread", ["constructs", "by_module_value"]),
        ("by_dependency", ["constructs"]),
        ("outer", ["outer.inner"]),
        ("outer.inner", ["Gateway.total"]),
    ],
)
def test_callees(built: Built, graph: CallGraph, caller: str, targets: list[str]) -> None:
    sites = graph.callees(built.function("callers.py", caller))
    assert [site.target.symbol for site in sites] == targets


def test_callers_are_found_under_other_names(built: Built, graph: CallGraph) -> None:
    sites = graph.callers(built.function("gateway.py", "Gateway.__init__"))
    assert sorted(site.caller.symbol for site in sites) == ["Service.__init__", "constructs"]


def test_calls_at_module_level(built: Built, graph: CallGraph) -> None:
    found = graph.module_calls(built.function("gateway.py", "Gateway.__init__"))
    assert [(module.name, call.lineno) for module, call in found] == [("gateway", 17)]


def test_shortest_trail(built: Built, graph: CallGraph) -> None:
    start = built.function("callers.py", "in_thread")
    goal = built.function("gateway.py", "Gateway.__init__")
    trail = graph.trail(goal, lambda function: function is start)
    assert trail is not None
    assert [(site.caller.symbol, site.target.symbol) for site in trail] == [
        ("in_thread", "constructs"),
        ("constructs", "Gateway.__init__"),
    ]
    assert graph.trail(goal, lambda function: function is start, lambda site: site.target is not goal) is None
    assert graph.trail(start, lambda function: function is start) == ()


def test_recursion_ends(tmp_path: Path) -> None:
    built = Built(tmp_path, {"m.py": "def a():\n    return b()\n\n\ndef b():\n    x = x.y\n    return a()\n"})
    graph = CallGraph(Inference(built.project))
    assert graph.trail(built.function("m.py", "a"), lambda function: False) is None
