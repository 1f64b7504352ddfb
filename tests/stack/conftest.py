"""One running stack for all tests of this package."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.embedded import addresses
from config.embedded.__main__ import remove
from config.embedded.client import stop_if_unused
from config.embedded.servers import free_port
from config.supervisor import DEMO_FORGETS
from tests.stack.harness import RunningStack, running_stack


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers, the tests of this package stay in one: they share the stack."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("stack"))


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """Real processes on a free port, with servers and a data directory that exist for these tests alone."""
    data_dir = Path(tempfile.mkdtemp(prefix="studypaths-stack-")).resolve()
    data_dir.chmod(0o711)  # the account that PostgreSQL runs under as root passes through
    try:
        with ExitStack() as ending:
            # Only while it starts: other tests of this process may be meant to use servers of the environment.
            with pytest.MonkeyPatch.context() as environment:
                for name in (*DEMO_FORGETS, "STUDYPATHS_DATA"):
                    environment.delenv(name, raising=False)
                addresses(data_dir)  # Redis takes its port before one is looked for
                running = ending.enter_context(running_stack(data_dir, free_port(0)))
            yield running
    finally:
        stop_if_unused(data_dir)
        remove(data_dir)
        shutil.rmtree(data_dir, ignore_errors=True)
