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

// The data set of a run folder gets another name: one that this machine lacks.
void Rename(const std::string& study, const std::string& from, const std::string& to) {
  std::string text = ReadFile(study);
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos);
  WriteFile(study, text.replace(at, from.size(), to));
}

class TwoRuns : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"a", "b"}) {
      const Outcome outcome =
          RunProgram(folder_, {"run", "--norms", "batch", "--epochs", "1", "--set", "max_steps=2",
                               "--set", "model=C4v P GAP c10!", "--out", name});
      ASSERT_EQ(outcome.code, 0) << outcome.err;
    }
  }
  Outcome Report(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "report");
    const std::string nowhere = folder_ / "nowhere";
    return RunProgram(folder_, arguments, {{"NORMLAB_DATA", ""}, {"HOME", nowhere}});
  }

  const TemporaryFolder folder_;
};

TEST_F(TwoRuns, OneReportOverBoth) {
  const std::string before = ReadFile(folder_ / "a/README.md");
  const Outcome outcome = Report({"a", "b", "--out", "both"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "both/README.md\n");
  const std::string readme = ReadFile(folder_ / "both/README.md");
  EXPECT_THAT(readme, HasSubstr("batch \\[a\\]"));
  EXPECT_THAT(readme, HasSubstr("batch \\[b\\]"));
  EXPECT_TRUE(fs::exists(folder_ / "both/figures/test-accuracy.png"));
  EXPECT_EQ(ReadFile(folder_ / "a/README.md"), before);
}

TEST_F(TwoRuns, WhatCannotBeReadIsSaidAndTheRestShown) {
  fs::remove(folder_ / "a/batch-seed1/log.txt");
  Rename(folder_ / "b/study.json", "\"schema\": 1", "\"schema\": 99");
  const Outcome outcome = Report({"b", "a", "--out", "both"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("b/study.json: schema: expected 1"));
  EXPECT_EQ(outcome.out, "both/README.md\n");
  EXPECT_THAT(ReadFile(folder_ / "both/README.md"), HasSubstr("schema: expected 1"));
  const Outcome each = Report({"b", "a"});
  EXPECT_EQ(each.code, 3);
  EXPECT_EQ(each.out, "a/README.md\n");
  EXPECT_EQ(Report({"b"}).code, 3);
}

TEST_F(TwoRuns, WithoutTheDataSetTheRestIsWritten) {
  Rename(folder_ / "a/study.json", "fashion-mnist", "cifar10");
  const Outcome outcome = Report({"a"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("the report is written without images"));
  const std::string readme = ReadFile(folder_ / "a/README.md");
  EXPECT_THAT(readme, HasSubstr("## What is missing"));
  EXPECT_THAT(readme, HasSubstr("50,000 training and 10,000 test images"));
  EXPECT_THAT(readme, HasSubstr("(figures/test-loss.png)"));
  EXPECT_THAT(readme, Not(HasSubstr("(figures/training-samples.png)")));
  const Outcome two = Report({"a", "b", "--out", "both"});
  EXPECT_EQ(two.code, 3);
  EXPECT_THAT(two.err, HasSubstr("write one for each data set"));
  EXPECT_FALSE(fs::exists(folder_ / "both/README.md"));
}

TEST_F(TwoRuns, OtherFoldersAreNotWrittenInto) {
  WriteFile(folder_ / "README.md", "mine");
  for (const char* out : {".", "a", "./b/../a"}) {
    const Outcome outcome = Report({"a", "--out", out});
    EXPECT_EQ(outcome.code, 2) << out;
    EXPECT_THAT(outcome.err, HasSubstr("--out"));
  }
  EXPECT_EQ(ReadFile(folder_ / "README.md"), "mine");
  EXPECT_EQ(Report({"a", "--out", "README.md/x"}).code, 1);
  EXPECT_EQ(Report({"a", "--out", ""}).code, 2);
}

}  // namespace
}  // namespace normlab
