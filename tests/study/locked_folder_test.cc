// A run folder on a file system that has no locks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "base/disk.h"
#include "base/error.h"
#include "study/output_folder.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

int failure = 0;

int FailToLock(int /*descriptor*/, int /*operation*/) {
  errno = failure;
  return -1;
}

TEST(OutputFolder, GoesOnWithAWarningWhereThereAreNoLocks) {
  const DiskCalls before = TheDiskCalls();
  TheDiskCalls().flock = FailToLock;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("normlab-locked-" + std::to_string(getpid()));
  for (const int reason : {ENOLCK, EBADF, EOPNOTSUPP, EINVAL, ENOSYS}) {
    failure = reason;
    const OutputFolder output(folder, "0123456789abcdef", "");
    EXPECT_THAT(output.warning(), HasSubstr("offers no locks")) << reason;
  }
  failure = EWOULDBLOCK;
  try {
    const OutputFolder output(folder, "0123456789abcdef", "");
    ADD_FAILURE();
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(), HasSubstr("is being written by another normlab"));
  }
  TheDiskCalls() = before;
  std::filesystem::remove_all(folder);
  const OutputFolder output(folder, "0123456789abcdef", "");
  EXPECT_EQ(output.warning(), "");
}

}  // namespace
}  // namespace normlab
