"""Addresses of the catalogue below /v1/."""

from django.urls import path

from catalog.api import ProblemView, TracksView, TrackView

urlpatterns = [
    path("tracks", TracksView.as_view(), name="tracks"),
    path("tracks/<str:slug>", TrackView.as_view(), name="track"),
    path("problems/<str:problem_id>", ProblemView.as_view(), name="problem"),
]
