"""Addresses of reviews, below /v1/."""

from django.urls import path

from reviews import api

urlpatterns = [
    path("study-tasks/review-due", api.ReviewDueView.as_view(), name="review-due"),
    path("review-items/<uuid:item_id>", api.ReviewItemView.as_view(), name="review-item"),
    path("review-items/<uuid:item_id>/log", api.ReviewItemLogView.as_view(), name="review-item-log"),
    path("review-items/<uuid:item_id>/undo", api.UndoView.as_view(), name="review-item-undo"),
    path("review-settings", api.ReviewSettingsView.as_view(), name="review-settings"),
    path("review-log/export", api.ReviewLogExportView.as_view(), name="review-log-export"),
]
