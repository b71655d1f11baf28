"""Routes; the schemas, the models and the queries stand elsewhere."""

from fastapi import APIRouter

from app import schemas
from app.deps import ServiceDep
from app.models import Project

router = APIRouter(prefix="/projects")


@router.get("/", response_model=list[schemas.ProjectRead])
async def all_projects(service: ServiceDep):
    """Fails: the service's list comes without tasks."""
    return await service.all()  # error: [response-schema-lazy-field] "tasks"


@router.get("/brief", response_model=list[schemas.ProjectBrief])
async def brief(service: ServiceDep):
    """The brief schema has no tasks."""
    return await service.all()


@router.get("/resource", response_model=schemas.ListResource[schemas.ProjectRead])
async def resource(service: ServiceDep):
    """Fails: wrapped in a generic resource."""
    projects = await service.all()
    return {"items": projects}  # error: [response-schema-lazy-field] "tasks"


@router.get("/one/{project_id}")
async def one(project_id: int, service: ServiceDep) -> schemas.ProjectRead:
    """Fails: the flag is off by default."""
    project = await service.get(project_id)
    return project  # error: [response-schema-lazy-field] "tasks"


@router.get("/full/{project_id}")
async def full(project_id: int, service: ServiceDep) -> schemas.ProjectRead:
    """The flag loads the tasks."""
    return await service.get(project_id, with_tasks=True)


@router.get("/tasks", response_model=list[schemas.TaskDetail])
async def tasks(service: ServiceDep):
    """The project of every task is joined."""
    return await service.tasks()


@router.get("/renamed/{project_id}", response_model=schemas.ProjectStamped)
async def renamed(project_id: int, service: ServiceDep):
    """Fails: the UPDATE made `updated_at` unknown."""
    project = await service.get(project_id)
    return await service.rename(project, name="new")  # error: [response-schema-lazy-field] "updated_at"


@router.get("/renamed-brief/{project_id}", response_model=schemas.ProjectBrief)
async def renamed_brief(project_id: int, service: ServiceDep):
    """The brief schema does not read it."""
    project = await service.get(project_id)
    return await service.rename(project, name="new")


@router.get("/created", response_model=schemas.ProjectRead)
async def created(service: ServiceDep):
    """Fails: created, committed, refreshed, never loaded."""
    return await service.create("new")  # error: [response-schema-lazy-field] "tasks"


def _convert(project: Project) -> schemas.ProjectRead:
    return schemas.ProjectRead.model_validate(project)


@router.get("/converted/{project_id}")
async def converted(project_id: int, service: ServiceDep) -> schemas.ProjectRead:
    """Fails: the converter reads the tasks."""
    return _convert(await service.get(project_id))  # error: [response-schema-lazy-field] "tasks"


@router.get("/converted-full/{project_id}")
async def converted_full(project_id: int, service: ServiceDep) -> schemas.ProjectRead:
    """The converter gets them loaded."""
    return _convert(await service.get(project_id, with_tasks=True))
