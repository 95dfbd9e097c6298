// `normlab report --html` from the command line; the page itself is tested in tests/report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "report/page/page.h"
#include "tests/app/program.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using testing::HasSubstr;

constexpr const char* kStudy =
    R"({"schema": 1, "recipe": "r", "dataset": "idx:/nowhere", "class_names": ["a", "b"],
  "best_on": "test", "arms": [{"folder": "batch-seed1", "label": "batch", "norm": "batch", "seed": 1, "state": "pending",
  "message": "", "best_epoch": 0, "seconds": 0}]})";

class ReportPage : public testing::Test {
 protected:
  ReportPage() {
    for (const char* run : {"one", "two"}) {
      std::filesystem::create_directories(folder_ / run);
      WriteFile(folder_ / run + "/study.json", kStudy);
    }
  }
  void SetUp() override {
    if (!HasPage()) NORMLAB_LEFT_OUT("this build has no page; cmake -B build -DNORMLAB_WEB=ON");
  }
  TemporaryFolder folder_;
};

TEST_F(ReportPage, OneRunsPageLiesInItsFolder) {
  const Outcome outcome = RunProgram(folder_, {"report", "one", "--html"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "one/report.html\n");
  EXPECT_THAT(outcome.err, HasSubstr("without pictures"));
  EXPECT_THAT(ReadFile(folder_ / "one/report.html"), HasSubstr("</html>"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "one/README.md"));
}

TEST_F(ReportPage, SeveralRunsShareOneInTheCurrentFolder) {
  const Outcome outcome = RunProgram(folder_, {"report", "one", "two", "--html"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "./report.html\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "one/report.html"));
  const std::string page = ReadFile(folder_ / "report.html");
  for (const char* title : {"r (one)", "r (two)"}) EXPECT_THAT(page, HasSubstr(title));
}

TEST_F(ReportPage, LiesInTheFolderOfOut) {
  const Outcome outcome =
      RunProgram(folder_, {"report", "one", "two", "--html", "--out", "new/both"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "new/both/report.html\n");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "new/both/report.html"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new/both/README.md"));
}

TEST_F(ReportPage, ABrokenRunIsLeftOutAndSaid) {
  WriteFile(folder_ / "two/study.json", "{");
  const Outcome outcome = RunProgram(folder_, {"report", "one", "two", "--html"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("two/study.json"));
  EXPECT_EQ(outcome.out, "./report.html\n");
}

TEST_F(ReportPage, AFolderThatIsNoRunIsNamed) {
  std::filesystem::create_directories(folder_ / "empty");
  const Outcome outcome = RunProgram(folder_, {"report", "empty", "--html"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("empty/study.json"));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
}

TEST_F(ReportPage, WhatIsNotItsOwnIsNamed) {
  std::filesystem::create_directories(folder_ / "one/report.html");
  const Outcome outcome = RunProgram(folder_, {"report", "one", "--html"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("one/report.html"));
}

TEST(ReportPageMissing, IsSaidBeforeAnythingIsRead) {
  if (HasPage())
    NORMLAB_LEFT_OUT(
        "this build has the page; cmake -B build-bare -DNORMLAB_WEB=OFF, and ctest there");
  const TemporaryFolder folder;
  const Outcome outcome = RunProgram(folder, {"report", "nowhere", "--html"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("NORMLAB_WEB=OFF"));
}

}  // namespace
}  // namespace normlab
