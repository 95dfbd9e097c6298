#include "base/file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"

namespace normlab {
namespace {

TEST(ReadFile, GivesBackWhatWasWrittenOfAnySize) {
  const std::string path = std::filesystem::temp_directory_path() / "normlab-file-test";
  for (const std::size_t size : {0, 1, 8191, 8192, 100000}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31);
    WriteFile(path, bytes);
    EXPECT_EQ(ReadFile(path), bytes) << size;
  }
  std::filesystem::remove(path);
  EXPECT_THROW(ReadFile(path), DataError);
  EXPECT_THROW(ReadFile("/"), DataError);
}

TEST(ReadFile, ReadsWhatHasNoSizeToItsEnd) {
  EXPECT_NE(ReadFile("/proc/self/status").find("\nPid:"), std::string::npos);
}

}  // namespace
}  // namespace normlab
