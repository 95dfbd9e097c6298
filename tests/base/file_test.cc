#include "base/file.h"

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"

namespace normlab {
namespace {

TEST(ReadFile, ReadsWhatWasWrittenWhateverItsSize) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("normlab-file-" + std::to_string(getpid()));
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 200000u}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 >> 3);
    WriteFile(path, bytes);
    EXPECT_EQ(ReadFile(path), bytes);
  }
  std::filesystem::remove(path);
  EXPECT_THROW(ReadFile(path), DataError);
  EXPECT_THROW(ReadFile("/"), DataError);
}

// Its size is said to be 0.
TEST(ReadFile, ReadsFilesThatHideTheirSize) { EXPECT_FALSE(ReadFile("/proc/self/status").empty()); }

// Files may not grow beyond 1,000 bytes: what a full disk does, without one.
TEST(WriteFile, ThatFailsLeavesWhatWasThereAndNothingElse) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("normlab-base-{}", getpid());
  std::filesystem::create_directories(folder);
  const std::string path = folder / "report.html";
  WriteFile(path, "old");
  rlimit unlimited{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  const rlimit small{1000, unlimited.rlim_max};
  const auto before = signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(WriteFile(path, std::string(5000, 'x')), RunError);
  setrlimit(RLIMIT_FSIZE, &unlimited);
  signal(SIGXFSZ, before);
  EXPECT_EQ(ReadFile(path), "old");
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++files;
  EXPECT_EQ(files, 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace normlab
