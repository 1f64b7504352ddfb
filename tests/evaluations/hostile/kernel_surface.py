# expect: accepted
import ctypes
import os

CALLS = {
    'ptrace': (101, 16, 1), 'unshare': (272, 0x10000000), 'io_uring_setup': (425, 8, 0), 'bpf': (321, 0, 0, 0),
    'keyctl': (250, 0, -3, 0), 'perf_event_open': (298, 0, 0, -1, -1, 0), 'userfaultfd': (323, 0), 'memfd': (319, b'x', 0),
    'process_vm_readv': (310, os.getppid(), 0, 0, 0, 0, 0), 'mount': (165, b'none', b'/', b'tmpfs', 0, 0),
    'clone_newuser': (56, 0x10000011, 0, 0, 0, 0), 'vfork-like clone': (56, 17, 0, 0, 0, 0), 'clone3': (435, 0, 0),
    'setns': (308, 0, 0), 'personality': (135, 0x40000), 'add_key': (248, b'user', b'x', b'y', 1, -3),
    'shmget': (29, 0, 4096, 0o1666), 'msgget': (68, 0, 0o1666), 'kcmp': (312, 1, 1, 0, 0, 0), 'x32 getpid': None,
    'chroot': (161, b'/'), 'pidfd_getfd': (438, 3, 0, 0), 'seccomp': (317, 1, 0, 0), 'open_tree': (428, -100, b'/', 1),
}


def square(n):
    libc = ctypes.CDLL(None, use_errno=True)
    if os.uname().machine != 'x86_64':
        return n * n
    possible = []
    for name, call in CALLS.items():
        if call and libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in call]) >= 0:
            possible.append(name)
    return possible or n * n
