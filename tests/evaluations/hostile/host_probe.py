# expect: accepted
# What tells of the machine and of its other processes: CPU clocks, priorities, users, sessions, hardware, mounts.
import os
import time


def readable(attempt, numbers):
    for number in numbers:
        try:
            attempt(number)
        except OSError:
            continue
        yield number


def found(attempts):
    done = []
    for name, attempt in attempts.items():
        try:
            done.append(f'{name}: {attempt()!r}'[:200])
        except (OSError, AttributeError, KeyError, IndexError, ValueError, ImportError):
            pass
    return done


def square(n):
    own = os.getpid()
    done = found({
        'clocks of others': lambda: list(readable(lambda pid: time.clock_gettime(~pid << 3 | 2), range(1, 300)))[0],
        'sessions of others': lambda: [pid for pid in readable(os.getsid, range(1, 300)) if pid != own][0],
        'groups of others': lambda: [pid for pid in readable(os.getpgid, range(1, 300)) if pid != own][0],
        'users': lambda: os.getpriority(os.PRIO_USER, 0),
        'priority of another': lambda: os.getpriority(os.PRIO_PROCESS, 1 if own != 1 else 2),
        'scheduler of another': lambda: os.sched_getscheduler(1 if own != 1 else 2),
        'affinity of another': lambda: os.sched_getaffinity(1 if own != 1 else 2),
        'kernel log': lambda: open('/dev/kmsg').read(1),
        'processor': lambda: open('/proc/cpuinfo').read(1),
        'cgroup': lambda: open('/proc/self/cgroup').read(1),
        'mounts': lambda: open('/proc/self/mountinfo').read(1),
        'cpu list': lambda: os.listdir('/sys/devices/system/cpu'),
        'os release': lambda: open('/etc/os-release').read(1),
        'time zone': lambda: os.readlink('/etc/localtime') if time.tzname != ('UTC', 'UTC') else [][0],
        'login': lambda: os.getlogin(),
        'arguments of the launcher': lambda: __import__('sys').orig_argv[1],
        'terminal': lambda: os.ttyname(0),
    })
    return done or n * n
