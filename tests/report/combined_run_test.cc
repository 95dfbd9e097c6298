// One report over several runs.
#include "report/sources/combined_run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "random_run.h"
#include "records/csv.h"
#include "report/readme/readme.h"
#include "report/report.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CombinedRun : public testing::Test {
 protected:
  CombinedRun() : dataset_(RandomDataset(5, {1, 6, 5}, {"zero", "one", "two"})) {}

  RunRecord Run(const std::string& name, const std::vector<std::string>& labels) {
    std::vector<ArmRecord> arms;
    for (const std::string& label : labels) arms.push_back(RandomArm(1, label, dataset_, 7, 3));
    RunRecord run = RandomRun(folder_.path() + "/" + name, dataset_, std::move(arms));
    run.recipe = name;
    LayDown(run);
    return run;
  }
  std::vector<std::string> Labels(const RunRecord& run) {
    std::vector<std::string> labels;
    for (const ArmRecord& arm : run.arms) labels.push_back(arm.label);
    return labels;
  }

  TemporaryFolder folder_;
  Dataset dataset_;
};

TEST_F(CombinedRun, LabelsThatTwoRunsHaveAreToldApart) {
  const RunRecord all =
      CombineRuns({Run("first", {"batch", "layer"}), Run("second", {"batch", "group"})},
                  folder_.path() + "/out");
  EXPECT_THAT(Labels(all), ElementsAre("batch [first]", "layer", "batch [second]", "group"));
  EXPECT_EQ(all.recipe, "first, second");
  EXPECT_THAT(all.arms[2].folder, HasSubstr("../second/arm-"));
}

TEST_F(CombinedRun, RunsOfOneRecipeHaveTheNamesOfTheirFolders) {
  std::vector<RunRecord> runs = {Run("a", {"batch"}), Run("b", {"batch"})};
  for (RunRecord& run : runs) run.recipe = "mnist";
  runs[1].path += "/";
  EXPECT_THAT(RunNames(runs), ElementsAre("a", "b"));
  runs[1].path = runs[0].path;
  EXPECT_THAT(RunNames(runs), ElementsAre("a", "a 2"));
}

TEST_F(CombinedRun, WhatTheRunsDisagreeInIsNotSaid) {
  std::vector<RunRecord> runs = {Run("a", {"x"}), Run("b", {"y"})};
  runs[0].limits.epochs = runs[1].limits.epochs = 20;
  runs[0].missing = {"log.txt"};
  RunRecord all = CombineRuns(runs, folder_.path());
  EXPECT_EQ(all.limits.epochs, 20);
  EXPECT_TRUE(all.best_on_validation);
  EXPECT_THAT(all.missing, ElementsAre("a: log.txt"));
  runs[1].limits.epochs = 21;
  runs[1].best_on_validation = false;
  all = CombineRuns(runs, folder_.path());
  EXPECT_FALSE(all.limits.epochs);
  EXPECT_FALSE(all.best_on_validation);
}

TEST_F(CombinedRun, OneDataSetAlone) {
  std::vector<RunRecord> runs = {Run("a", {"x"}), Run("b", {"y"})};
  runs[1].dataset = "mnist";
  EXPECT_THROW(CombineRuns(runs, folder_.path()), DataError);
  runs[1].dataset = runs[0].dataset;
  runs[1].class_names[0] = "another";
  EXPECT_THROW(CombineRuns(runs, folder_.path()), DataError);
}

TEST_F(CombinedRun, OneReportHasTheFiguresAndNumbersOfAll) {
  const std::vector<RunRecord> runs = {Run("first", {"batch", "layer"}), Run("second", {"batch"})};
  WriteFile(runs[1].path + "/" + runs[1].arms[0].folder + "/log.txt", "Epoch 1:\nits log\n");
  const std::string out = folder_.path() + "/new/both";
  EXPECT_THAT(WriteReportOver(runs, {"third/study.json: gone"}, {&dataset_, "", nullptr}, out),
              IsEmpty());
  const std::string readme = ReadFile(out + "/README.md");
  EXPECT_THAT(readme, HasSubstr("batch \\[first\\]"));
  EXPECT_THAT(readme, HasSubstr("- third/study.json: gone"));
  EXPECT_THAT(readme, HasSubstr("    normlab run ../../second/recipe.toml --out again-2\n"));
  EXPECT_THAT(readme, HasSubstr("its log"));
  for (const RunRecord& run : runs) {
    EXPECT_FALSE(std::filesystem::exists(run.path + "/README.md"));
    for (const ArmRecord& arm : run.arms) {
      EXPECT_THAT(readme, HasSubstr(fmt::format("{:.2f}", arm.metrics.back().test_accuracy)));
      EXPECT_THAT(readme,
                  HasSubstr(fmt::format("(../../{}/{}/metrics.csv)", run.recipe, arm.folder)));
    }
  }
  const CsvTable table("", ReadFile(out + "/figures/test-accuracy.csv"));
  EXPECT_THAT(table.header(),
              ElementsAre("epoch", "batch [first]: test accuracy (%)", "layer: test accuracy (%)",
                          "batch [second]: test accuracy (%)"));
  EXPECT_EQ(table.Number(6, 3), runs[1].arms[0].metrics[6].test_accuracy);
  // Its own report may be written again, as may one where nothing was.
  EXPECT_THAT(WriteReportOver(runs, {}, {&dataset_, "", nullptr}, out), IsEmpty());
}

TEST_F(CombinedRun, FoldersOfAnotherKindAreLeftAlone) {
  const std::vector<RunRecord> runs = {Run("first", {"batch"})};
  const ReportData data{&dataset_, "", nullptr};
  EXPECT_THROW(WriteReportOver(runs, {}, data, runs[0].path), UsageError);
  WriteFile(folder_.path() + "/README.md", "# Somebody's project\n");
  EXPECT_THROW(WriteReportOver(runs, {}, data, folder_.path()), UsageError);
  EXPECT_EQ(ReadFile(folder_.path() + "/README.md"), "# Somebody's project\n");
  const RunRecord other = Run("other", {"batch"});
  EXPECT_THROW(WriteReportOver(runs, {}, data, other.path), UsageError);
  EXPECT_THROW(WriteReportOver(runs, {}, data, folder_.path() + "/README.md/x"), RunError);
}

}  // namespace
}  // namespace normlab
