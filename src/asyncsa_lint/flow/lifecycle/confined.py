"""Variables of a module that only the start and the end of the process have to do with.

    _lock_session = None

    async def take_lock():               # called by the lifespan
        global _lock_session
        _lock_session = factory()

    async def release_lock():            # called by the lifespan
        await _lock_session.close()

One after the other uses what such a variable holds, and no request does.
"""

from __future__ import annotations

from asyncsa_lint.flow.lifecycle.scene import Scene
from asyncsa_lint.project.registrations import Role
from asyncsa_lint.project.symbols import FunctionInfo, ModuleInfo

_BOUNDARIES = (Role.LIFESPAN, Role.STARTUP_HANDLER)


def is_confined(scene: Scene, module: ModuleInfo, name: str) -> bool:
    """Whether a lifespan leads to every function that reads the variable, and no request to any.

    What another file reads, or code at the top of the module, counts as read by requests.
    """
    if any(path != module.path for path in scene.project.mentioning((name.encode(),))):
        return False
    readers = [each for each in scene.project.functions(module) if name in scene.project.names(each)]
    return bool(readers) and all(_belongs_to_a_boundary(scene, each) for each in readers)


def _belongs_to_a_boundary(scene: Scene, function: FunctionInfo) -> bool:
    if scene.roles.request_trail(function) is not None:
        return False
    trail = scene.graph.trail(function, lambda each: any(scene.roles.has(each, role) for role in _BOUNDARIES))
    return trail is not None
