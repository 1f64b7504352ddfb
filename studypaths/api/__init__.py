"""The REST calls of paths, tasks and events."""
