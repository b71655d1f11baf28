"""Random reads of attributes, as expressions."""

from __future__ import annotations

from random import Random

from tests.differential.queries import ordinary
from tests.differential.schemas import Model, Relation, Schema

_COLLECTED = (
    "len({e})",
    "list({e})",
    "bool({e})",
    "not {e}",
    "[each.{c} for each in {e}]",
    "[each.id for each in {e}]",
    "sorted({e}, key=lambda each: each.{c})",
    "sum(1 for each in {e} if each.{c})",
    "{{each.id: each for each in {e}}}",
    '[getattr(each, "{c}") for each in {e}]',
    "any(each.{c} is None for each in {e})",
    "{e} == []",
    "next(iter({e}), None)",
    "max([each.id for each in {e}], default=0)",
)
_PLAIN = (
    "{e}",
    "{e}",
    "str({e})",
    'f"{{{e}}}"',
    "{e} is None",
    "not {e}",
    "[{e}]",
    "({e}, 1)",
    '{{"v": {e}}}',
)


class Reads:
    """Writes reads for one schema."""

    def __init__(self, random: Random, schema: Schema) -> None:
        self._random = random
        self._schema = schema

    def expression(self, owner: str, cls: str, depth: int = 0) -> str:
        """Something read of `owner`, an expression for an instance of the class."""
        random = self._random
        model = self._schema.models[cls]
        relations = ordinary(model)
        chance = random.random()
        if relations and chance < (0.75 if depth == 0 else 0.5):
            return self._related(owner, model, random.choice(relations), depth)
        if model.properties and chance > 0.92:
            return f"{owner}.{random.choice(model.properties)}"
        column = random.choice(model.columns).name
        text = f"{owner}.{column}"
        if depth == 0 and random.random() < 0.08:
            text = f'getattr({owner}, "{column}")'
        return self._plain(text)

    def _plain(self, text: str) -> str:
        form = self._random.choice(_PLAIN)
        return form.format(e=text) if '"' not in text else text

    def _related(self, owner: str, model: Model, relation: Relation, depth: int) -> str:
        random = self._random
        text = f"{owner}.{relation.name}"
        if depth == 0 and random.random() < 0.06:
            text = f'getattr({owner}, "{relation.name}")'
        if relation.proxy and random.random() < 0.3:
            return f"list({owner}.{relation.proxy})"
        if relation.many:
            return self._collected(text, relation.target, depth)
        if depth < 2 and random.random() < 0.6:
            return self.expression(text, relation.target, depth + 1)
        return self._plain(text)

    def _collected(self, text: str, target: str, depth: int) -> str:
        random = self._random
        if depth < 2 and random.random() < 0.35:
            inner = self.expression("each", target, depth + 1)
            if "each.each" not in inner and inner.count(" for each") == 0:
                return f"[{inner} for each in {text}]"
        column = random.choice(self._schema.models[target].columns).name
        return random.choice(_COLLECTED).format(e=text, c=column)
