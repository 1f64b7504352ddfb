# expect: accepted
# The calls that open, copy, link, map and move files by other ways than open(2).
import ctypes
import fcntl
import mmap
import os

def found(attempts):
    done = []
    for name, attempt in attempts.items():
        try:
            done.append(f'{name}: {attempt()!r}'[:200])
        except (OSError, AttributeError, KeyError, IndexError, ValueError, ImportError):
            pass
    return done


def square(n):
    libc = ctypes.CDLL(None)
    top = os.open('/', os.O_PATH)
    done = found({
        'by descriptor': lambda: os.open('etc/passwd', os.O_RDONLY, dir_fd=top),
        'above the root': lambda: os.listdir('/../..' + '/home'),
        'own descriptors': lambda: os.open('/proc/self/fd/0', os.O_RDWR),
        'file without a name': lambda: os.open('/', os.O_TMPFILE | os.O_RDWR, 0o600),
        'link': lambda: os.link('/etc/passwd', '/passwd') or 'linked',
        'rename': lambda: os.rename(os.__file__, '/x') or 'renamed',
        'mode': lambda: os.chmod(os.__file__, 0o4777) or 'changed',
        'owner': lambda: os.chown(os.__file__, 0, 0) or 'changed',
        'times': lambda: os.utime(os.__file__) or 'changed',
        'attribute': lambda: os.setxattr(os.__file__, 'user.x', b'x') or 'set',
        'device': lambda: os.mknod('/null', 0o20666, os.makedev(1, 3)) or 'made',
        'root': lambda: os.chroot('/') or 'changed',
        'root of another': lambda: os.listdir(f'/proc/{os.getppid() or 1}/root'),
        'unlocked input': lambda: os.write(0, b'x'),
        'longer input': lambda: os.ftruncate(0, 1 << 30) or 'longer',
        'writable map of the input': lambda: mmap.mmap(0, 4096),
        'lock': lambda: fcntl.lockf(1, fcntl.LOCK_EX) or 'locked',
        'pipe size': lambda: fcntl.fcntl(1, 1031, 1 << 20),
        'lease': lambda: fcntl.fcntl(0, fcntl.F_SETLEASE, fcntl.F_WRLCK),
        'copy': lambda: os.copy_file_range(0, 1, 1),
        'splice': lambda: os.sendfile(1, 0, 0, 1),
        'file handle': lambda: os.open(str(libc.open_by_handle_at(top, None, 0)), 0),
        'terminal': lambda: fcntl.ioctl(0, 0x5412, b'x'),
        'another directory': lambda: os.chdir('/proc/self/cwd'),
        'eviction from the cache': lambda: os.posix_fadvise(top, 0, 0, os.POSIX_FADV_DONTNEED) or 'evicted',
    })
    return done or n * n
