"""Addresses of paths and tasks, below /v1/."""

from django.urls import path

from studypaths.api import history, paths, tasks

urlpatterns = [
    path("study-paths", paths.PathsView.as_view(), name="study-paths"),
    path("study-paths/current", paths.CurrentPathView.as_view(), name="study-path-current"),
    path("study-paths/<uuid:path_id>", paths.PathView.as_view(), name="study-path"),
    path(
        "study-paths/<uuid:path_id>/comparison",
        paths.PathComparisonView.as_view(),
        name="study-path-comparison",
    ),
    path("study-paths/<uuid:path_id>/tasks", tasks.PathTasksView.as_view(), name="study-path-tasks"),
    path("study-tasks", history.OwnTasksView.as_view(), name="study-tasks"),
    path("study-tasks/batch", tasks.TaskBatchView.as_view(), name="study-tasks-batch"),
    path("study-tasks/next", tasks.NextTaskView.as_view(), name="study-task-next"),
    path("study-tasks/next/start", tasks.StartNextTaskView.as_view(), name="study-task-next-start"),
    path("study-tasks/<uuid:task_id>", tasks.TaskView.as_view(), name="study-task"),
    path("study-tasks/<uuid:task_id>/start", tasks.StartTaskView.as_view(), name="study-task-start"),
    path("study-tasks/<uuid:task_id>/skip", tasks.SkipTaskView.as_view(), name="study-task-skip"),
    path("study-tasks/<uuid:task_id>/events", history.TaskEventsView.as_view(), name="study-task-events"),
    path("users/<path:user_id>/tasks", history.UserTasksView.as_view(), name="user-tasks"),
]
