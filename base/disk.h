// What some file systems do not offer, told apart from what has failed: the one place that knows.
#pragma once

#include <string>

namespace normlab {

// Of the system; tests put others in their place.
struct DiskCalls {
  int (*flock)(int descriptor, int operation);
  int (*fsync)(int descriptor);
};
DiskCalls& TheDiskCalls();

// As fsync: 0, or -1 and errno. Where the file system does not offer it (EINVAL, EROFS, ENOSYS,
// EOPNOTSUPP) there is nothing to be flushed, and that is no failure.
int Flush(int descriptor);

enum class LockEnd {
  kLocked,
  kHeldByAnother,  // another process has it
  kNotOffered,     // and errno: the file system has no locks, or no more of them
};

// An exclusive lock on an open file, until it is closed. Does not wait.
LockEnd TryLock(int descriptor);

// What is said once where it goes on without a lock, with errno's reason.
std::string NoLocks(const std::string& path);

}  // namespace normlab
