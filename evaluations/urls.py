"""Addresses of judging, below /v1/."""

from django.urls import path

from evaluations import api

urlpatterns = [
    path("study-tasks/<uuid:task_id>/submit", api.SubmitView.as_view(), name="study-task-submit"),
    path("study-tasks/<uuid:task_id>/evaluate", api.EvaluateView.as_view(), name="study-task-evaluate"),
    path(
        "study-tasks/<uuid:task_id>/evaluations",
        api.TaskEvaluationsView.as_view(),
        name="study-task-evaluations",
    ),
    path("evaluations/<uuid:evaluation_id>", api.EvaluationView.as_view(), name="evaluation"),
]
