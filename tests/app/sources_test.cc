// The program's sources: rules that a compiler does not know.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "tests/app/program.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

// Whatever else wrote to one of them could throw, be cut in silence, or end the program.
TEST(Sources, NothingButStandardStreamsWritesToThem) {
  const std::regex writes(
      R"((fmt::print|std::c(out|err|log)\b|[^\w"]std(out|err)\b|(^|[^\w])(f?printf|f?puts|perror|psignal|vf?printf)\(|write\((1|2|STD)))");
  const fs::path root = fs::path(NORMLAB_TEST_DIR).parent_path();
  std::size_t files = 0;
  for (const auto& room : fs::directory_iterator(root)) {
    const std::string name = room.path().filename();
    // Not of the program: its tests, what races against it, and what a build leaves.
    if (!room.is_directory() || name == "tests" || name == "bench" || name.starts_with(".") ||
        name.starts_with("build") || fs::exists(room.path() / "CMakeCache.txt")) {
      continue;
    }
    for (const auto& file : fs::recursive_directory_iterator(room.path())) {
      const std::string path = file.path();
      if (!path.ends_with(".cc") && !path.ends_with(".h")) continue;
      ++files;
      if (file.path().stem() == "standard_streams") continue;
      for (const std::string& line : ReadLines(path)) {
        EXPECT_FALSE(std::regex_search(line.substr(0, line.find("//")), writes)) << path << line;
      }
    }
  }
  EXPECT_GT(files, 300u);
}

}  // namespace
}  // namespace normlab
