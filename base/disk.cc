#include "base/disk.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace normlab {

DiskCalls& TheDiskCalls() {
  static DiskCalls calls = {flock, fsync};
  return calls;
}

int Flush(int descriptor) {
  while (TheDiskCalls().fsync(descriptor) != 0) {
    if (errno == EINTR) continue;
    const bool offered =
        errno != EINVAL && errno != EROFS && errno != ENOSYS && errno != EOPNOTSUPP;
    return offered ? -1 : 0;
  }
  return 0;
}

LockEnd TryLock(int descriptor) {
  while (TheDiskCalls().flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    return errno == EWOULDBLOCK ? LockEnd::kHeldByAnother : LockEnd::kNotOffered;
  }
  return LockEnd::kLocked;
}

std::string NoLocks(const std::string& path) {
  return fmt::format(
      "{} cannot be locked ({}): its file system offers no locks; see that no other normlab writes "
      "there at the same time",
      path, std::strerror(errno));
}

}  // namespace normlab
