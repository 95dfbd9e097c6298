// A download on a file system that has no locks, or flushes nothing.
#include "fetch/part_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "base/disk.h"
#include "base/error.h"
#include "base/file.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

int failure = 0;

int Fail(int /*descriptor*/) {
  errno = failure;
  return -1;
}
int FailToLock(int descriptor, int /*operation*/) { return Fail(descriptor); }

class PartFileTest : public ::testing::Test {
 protected:
  PartFileTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "normlab-part-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~PartFileTest() override {
    TheDiskCalls() = before_;
    std::filesystem::remove_all(folder_);
  }

  std::string Fetched(const std::string& name) const {
    PartFile part(folder_ + "/" + name);
    part.Restart({"http://a", ""});
    part.Append("bytes");
    part.Finish();
    return part.warning();
  }

  std::string folder_;
  DiskCalls before_ = TheDiskCalls();
};

TEST_F(PartFileTest, GoesOnWithAWarningWhereThereAreNoLocks) {
  TheDiskCalls().flock = FailToLock;
  for (const int reason : {ENOLCK, EBADF, EOPNOTSUPP, EINVAL, ENOSYS}) {
    failure = reason;
    EXPECT_THAT(Fetched(std::to_string(reason)), HasSubstr("offers no locks"));
    EXPECT_EQ(ReadFile(folder_ + "/" + std::to_string(reason)), "bytes");
  }
  failure = EWOULDBLOCK;
  EXPECT_THROW(Fetched("x"), RunError);
}

TEST_F(PartFileTest, IsWholeWhereNothingCanBeFlushed) {
  TheDiskCalls().fsync = Fail;
  for (const int reason : {EINVAL, EROFS, ENOSYS, EOPNOTSUPP}) {
    failure = reason;
    EXPECT_EQ(Fetched(std::to_string(reason)), "");
    EXPECT_EQ(ReadFile(folder_ + "/" + std::to_string(reason)), "bytes");
  }
  failure = EIO;
  EXPECT_THROW(Fetched("x"), RunError);
}

}  // namespace
}  // namespace normlab
