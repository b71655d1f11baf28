"""The application."""

from fastapi import BackgroundTasks, FastAPI

from worker import tasks

app = FastAPI()


@app.post("/orders/{order_id}/receipt")
async def receipt(order_id: int, background_tasks: BackgroundTasks) -> None:
    """Schedules the task."""
    background_tasks.add_task(tasks.send_receipt, order_id)
