"""Arguments whose class is known to be another one than the parameter declares.

    async def rename(db: AsyncSession, admin: Admin) -> None: ...     # Admin is mapped
    async def operation(admin: AdminDetails = Depends(current)):      # AdminDetails is a schema
        await rename(db, admin)

The interpreter knows nothing of the value, and the declaration is wrong about it: the function is
not entered again with what it declares.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from asyncsa_lint.facts.expressions import parse
from asyncsa_lint.project.call_arguments import argument_of
from asyncsa_lint.project.inference import Inference
from asyncsa_lint.project.symbols import ClassInfo

if TYPE_CHECKING:
    from asyncsa_lint.facts.records import ParameterFacts
    from asyncsa_lint.project.names import Project
    from asyncsa_lint.project.resolution import Scope
    from asyncsa_lint.project.symbols import FunctionInfo


class Contradictions:
    """Answers for the calls of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._inference = Inference(project)

    def holds(self, scope: Scope, call: ast.AST, function: FunctionInfo, parameter: ParameterFacts) -> bool:
        """The call gives the parameter an object of a class that is no kin of the declared one."""
        if not isinstance(call, ast.Call) or parameter.annotation is None:
            return False
        argument = argument_of(self._inference, scope, call, function, parameter.name)
        given = None if argument is None else self._inference.instance(scope, argument)
        declared = self._inference.annotated(function, parse(parameter.annotation))
        if not isinstance(given, ClassInfo) or not isinstance(declared, ClassInfo):
            return False
        mro = self._project.mro
        return declared not in mro(given) and given not in mro(declared)
