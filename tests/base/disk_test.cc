#include "base/disk.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/signals.h"
#include "tests/base/made_up_system.h"

namespace normlab {
namespace {

int failure = 0;

int FailWithIt(int /*descriptor*/) {
  errno = failure;
  return failure == 0 ? 0 : -1;
}

int FailToLock(int descriptor, int /*operation*/) { return FailWithIt(descriptor); }

// The system's calls fail as `failure` says, for as long as it lives.
class FailingDisk {
 public:
  FailingDisk() { TheDiskCalls() = {FailToLock, FailWithIt}; }
  ~FailingDisk() {
    TheDiskCalls() = before_;
    failure = 0;
  }

 private:
  DiskCalls before_ = TheDiskCalls();
};

constexpr int kNotOffered[] = {EINVAL, EROFS, ENOSYS, EOPNOTSUPP, ENOTSUP};
constexpr int kFailed[] = {EIO, ENOSPC, EDQUOT, EBADF, ESTALE};

TEST(Flush, WhatAFileSystemDoesNotOfferIsNoFailure) {
  const MadeUpSystem folder;
  const std::string path = folder.root() + "/file";
  const FailingDisk disk;
  for (const int reason : kNotOffered) {
    failure = reason;
    EXPECT_EQ(Flush(0), 0) << reason;
    EXPECT_NO_THROW(WriteFile(path, std::to_string(reason)));
    EXPECT_EQ(ReadFile(path), std::to_string(reason));
  }
  for (const int reason : kFailed) {
    failure = reason;
    EXPECT_EQ(Flush(0), -1) << reason;
    EXPECT_THROW(WriteFile(path, "new"), RunError);
    EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  }
}

TEST(TryLock, OnlyEwouldblockIsAnotherProcess) {
  const FailingDisk disk;
  failure = EWOULDBLOCK;
  EXPECT_EQ(TryLock(0), LockEnd::kHeldByAnother);
  failure = 0;
  EXPECT_EQ(TryLock(0), LockEnd::kLocked);
  for (const int reason : {ENOLCK, EBADF, EOPNOTSUPP, EINVAL, ENOSYS, EIO}) {
    failure = reason;
    EXPECT_EQ(TryLock(0), LockEnd::kNotOffered) << reason;
    EXPECT_NE(NoLocks("runs/x").find("runs/x cannot be locked ("), std::string::npos);
  }
}

TEST(TryLock, KeepsTheSecondOut) {
  const MadeUpSystem folder;
  const std::string path = folder.root() + "/lock";
  const Descriptor first(open(path.c_str(), O_RDWR | O_CREAT, 0644));
  const Descriptor second(open(path.c_str(), O_RDWR | O_CREAT, 0644));
  EXPECT_EQ(TryLock(first.get()), LockEnd::kLocked);
  EXPECT_EQ(TryLock(second.get()), LockEnd::kHeldByAnother);
}

// Both opened as ifstream opens them would wait for ever.
TEST(ReadFile, RefusesAtOnceWhatIsNoRegularFile) {
  const MadeUpSystem folder;
  const std::string fifo = folder.root() + "/fifo", link = folder.root() + "/link";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0644), 0);
  std::filesystem::create_symlink(fifo, link);
  for (const std::string& path : {fifo, link, folder.root(), std::string("/dev/zero")}) {
    for (const auto read :
         {+ReadFile, +[](const std::string& p) { return ReadNamedFile(p, 10); }}) {
      try {
        read(path);
        ADD_FAILURE() << path;
      } catch (const DataError& error) {
        EXPECT_NE(std::string(error.what()).find("not a regular file"), std::string::npos);
      }
    }
  }
}

TEST(ReadNamedFile, TakesAPipeThatIsOpenAndNoMoreThanItMay) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const Descriptor out(ends[0]);
  {
    const Descriptor in(ends[1]);
    ASSERT_EQ(write(in.get(), "epochs = 2\n", 11), 11);
  }
  EXPECT_EQ(ReadNamedFile("/dev/fd/" + std::to_string(ends[0]), 100), "epochs = 2\n");
  const MadeUpSystem folder;
  folder.Write("/text", "0123456789");
  EXPECT_EQ(ReadNamedFile(folder.root() + "/text", 10), "0123456789");
  EXPECT_THROW(ReadNamedFile(folder.root() + "/text", 9), DataError);
}

TEST(WriteFile, ReplacesWhateverStandsBesideItsName) {
  const MadeUpSystem folder;
  const std::string path = folder.root() + "/x.csv", other = folder.root() + "/other";
  ASSERT_EQ(mkfifo((path + ".part").c_str(), 0644), 0);
  WriteFile(path, "a");
  EXPECT_EQ(ReadFile(path), "a");
  folder.Write("/other", "kept");
  std::filesystem::create_symlink(other, path + ".part");
  WriteFile(path, "b");
  EXPECT_EQ(ReadFile(path), "b");
  EXPECT_EQ(ReadFile(other), "kept");
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0644), 0);
  WriteFile(path, "c");
  EXPECT_EQ(ReadFile(path), "c");
}

TEST(WriteSignals, BecomeErrors) {
  TakeErrorsForWriteSignals();
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  const Descriptor in(ends[1]);
  EXPECT_EQ(write(in.get(), "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
}

}  // namespace
}  // namespace normlab
