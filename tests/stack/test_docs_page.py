"""The page for people who build on the API, in a real browser (016)."""

import pytest

from tests.browser import chromium, rendered
from tests.stack.harness import RunningStack


@pytest.mark.stack
@pytest.mark.skipif(chromium() is None, reason="there is no Chromium on this machine")
def test_the_docs_page_shows_every_call(stack: RunningStack) -> None:
    """Rendered by its own scripts under our Content-Security-Policy, without anything from elsewhere."""
    page = rendered(f"{stack.base_url}/v1/docs")

    for path in ("/v1/study-paths", "/v1/study-tasks/{task_id}/submit", "/v1/evaluations/{evaluation_id}"):
        assert f'data-path="{path}"' in page
    assert "Authorize" in page
