#include "base/file.h"

#include <gtest/gtest.h>

#include <unistd.h>

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

}  // namespace
}  // namespace normlab
