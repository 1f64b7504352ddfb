"""Command line of the embedded servers.

python -m config.embedded start            start what is not running (it leaves again when nobody uses it)
python -m config.embedded stop             stop both, clients or not
python -m config.embedded status           what runs, where its data is; exit status 1 when not all of it runs
python -m config.embedded env              the addresses as lines for a shell; starts what is not running
python -m config.embedded restart-postgres stop the server; its keeper starts it again at the same address
python -m config.embedded restart-redis
python -m config.embedded remove           stop both and delete the data directory
"""

import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from config.embedded import EmbeddedServiceFailed, addresses, data_directory
from config.embedded.account import fallback_home
from config.embedded.client import POLL_SECONDS, SERVICES, running_state, stop_keepers

WAIT_SECONDS = 90.0


def start(data_dir: Path) -> int:
    addresses(data_dir)
    return status(data_dir)


def stop(data_dir: Path) -> int:
    stop_keepers([data_dir / service for service in SERVICES])
    return 0


def status(data_dir: Path) -> int:
    states = {service: running_state(data_dir / service) for service in SERVICES}
    for service, state in states.items():
        if state is None:
            sys.stdout.write(f"{service:9} not running\n")
        else:
            text = f"process {state['server']}, keeper {state['keeper']}, data {state['data']}"
            sys.stdout.write(f"{service:9} {text}\n")
    return 0 if all(states.values()) else 1


def env(data_dir: Path) -> int:
    for name, value in addresses(data_dir).items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    return 0


def remove(data_dir: Path) -> int:
    stop(data_dir)
    for path in (data_dir, fallback_home(data_dir)):
        if path.exists():
            shutil.rmtree(path)
    return 0


def restart(service: str, data_dir: Path) -> int:
    """Stop a server cleanly and wait until its keeper has it ready again."""
    folder = data_dir / service
    before = running_state(folder)
    if before is None:
        raise EmbeddedServiceFailed(f"{service} is not running under {data_dir}")
    stop_signal = signal.SIGINT if service == "postgres" else signal.SIGTERM
    os.kill(before["server"], stop_signal)

    def is_back() -> bool:
        state = running_state(folder)
        return state is not None and state["server"] != before["server"]

    _wait_for(is_back, f"{service} to come back")
    return 0


COMMANDS: dict[str, Callable[[Path], int]] = {
    "start": start,
    "stop": stop,
    "status": status,
    "env": env,
    "remove": remove,
    "restart-postgres": lambda data_dir: restart("postgres", data_dir),
    "restart-redis": lambda data_dir: restart("redis", data_dir),
}


def _wait_for(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise EmbeddedServiceFailed(f"Waited {WAIT_SECONDS:.0f} s for {what}")
        time.sleep(POLL_SECONDS)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        sys.stdout.write(str(__doc__))
        return 2
    try:
        return COMMANDS[arguments[0]](data_directory())
    except EmbeddedServiceFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
