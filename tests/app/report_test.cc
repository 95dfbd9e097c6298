#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

TEST(ReportCommand, WritesWhatTheRunWrote) {
  const TemporaryFolder folder;
  ASSERT_EQ(RunProgram(folder, {"run", "--norms", "batch,layer", "--epochs", "1", "--set",
                                "max_steps=3", "--set", "model=C4v P GAP c10!", "--out", "r"})
                .code,
            0);
  const std::string written = ReadFile(folder / "r/README.md");
  const std::string figure = ReadFile(folder / "r/figures/test-loss.csv");
  fs::remove(folder / "r/README.md");
  fs::remove_all(folder / "r/figures");
  const Outcome again = RunProgram(folder, {"report", "r"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, "r/README.md\n");
  EXPECT_EQ(ReadFile(folder / "r/README.md"), written);
  EXPECT_EQ(ReadFile(folder / "r/figures/test-loss.csv"), figure);
  EXPECT_THAT(written, HasSubstr("## Findings"));
}

TEST(ReportCommand, RefusesWhatIsNoRunFolder) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "empty");
  for (const char* name : {"empty", "missing"}) {
    const Outcome outcome = RunProgram(folder, {"report", name});
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(name));
  }
  EXPECT_EQ(RunProgram(folder, {"report"}).code, 2);
}

}  // namespace
}  // namespace normlab
