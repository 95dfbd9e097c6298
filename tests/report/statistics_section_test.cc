// The README's section on the statistics of batch normalization, and its figures.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "base/file.h"
#include "random_run.h"
#include "records/csv.h"
#include "report/figures/run_figures.h"
#include "report/readme/readme.h"
#include "report/report.h"
#include "small_run.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kTitle[] = "\n## Statistics of batch normalization\n";
constexpr const char* kWords[] = {"running shared", "running per application",
                                  "re-estimated shared", "re-estimated per application",
                                  "each test batch's own"};

class StatisticsSectionTest : public testing::Test {
 protected:
  StatisticsSectionTest() : dataset_(RandomDataset(7, {1, 6, 5}, {"zero", "one", "two"})) {}

  ArmRecord Arm(const std::string& label, std::uint64_t seed, int epochs, int kinds) {
    ArmRecord arm = RandomArm(seed, label, dataset_, epochs, 2);
    if (kinds > 0) AddRandomStatistics(arm, kinds == 5);
    return arm;
  }
  RunRecord Run(std::vector<ArmRecord> arms) {
    return RandomRun(folder_.path(), dataset_, std::move(arms));
  }
  std::string Section(const RunRecord& run) {
    const ReportData data{&dataset_, "no such folder", nullptr};
    const std::string text = RunReadme(run, {run}, data, MakeRunFigures(run, data, "it"), {});
    const std::size_t start = text.find(kTitle);
    return start == std::string::npos ? ""
                                      : text.substr(start, text.find("\n## ", start + 1) - start);
  }

  TemporaryFolder folder_;
  Dataset dataset_;
};

// What a row of the table must hold, from the records by loops of the test's own.
struct Expected {
  double final_accuracy, last_five, jitter, loss;
  Expected(const ArmRecord& arm, StatisticsKind kind) {
    std::vector<double> accuracies;
    for (const StatisticsScore& row : arm.statistics) {
      if (row.kind != kind) continue;
      accuracies.push_back(row.test_accuracy);
      loss = row.test_loss;
    }
    const std::size_t n = accuracies.size();
    final_accuracy = accuracies[n - 1];
    last_five = jitter = 0;
    for (std::size_t back = 1; back <= 5; ++back) last_five += accuracies[n - back] / 5;
    for (std::size_t back = 1; back <= 10; ++back) {
      jitter += std::abs(accuracies[n - back] - accuracies[n - back - 1]) / 10;
    }
  }
};

std::string OverSeeds(double a, double b, double c, int decimals) {
  const OfThree three(a, b, c);
  return fmt::format("{:.{}f} ± {:.{}f}", three.mean, decimals, three.deviation, decimals);
}

std::string Against(double a, double b, double c) {
  const OfThree three(a, b, c);
  return fmt::format("{:+.2f} [{:+.2f}, {:+.2f}]", three.mean, three.low, three.high);
}

TEST_F(StatisticsSectionTest, TheTableHoldsEveryKindsMeasuresOverTheSeeds) {
  const RunRecord run = Run({Arm("batch", 1, 12, 5), Arm("batch", 2, 12, 5), Arm("layer", 1, 12, 0),
                             Arm("batch", 3, 12, 5)});
  const std::string text = Section(run);
  const ArmRecord* arms[] = {&run.arms[0], &run.arms[1], &run.arms[3]};
  const auto of = [&](int kind, double Expected::*field) {
    std::array<double, 3> values;
    for (int i = 0; i < 3; ++i) {
      values[i] = Expected(*arms[i], static_cast<StatisticsKind>(kind)).*field;
    }
    return values;
  };
  for (int kind = 0; kind < 5; ++kind) {
    std::string row = fmt::format("\n| {} | 3 |", kWords[kind]);
    for (double Expected::*field :
         {&Expected::final_accuracy, &Expected::last_five, &Expected::jitter, &Expected::loss}) {
      const auto value = of(kind, field);
      row += fmt::format(" {} |",
                         OverSeeds(value[0], value[1], value[2], field == &Expected::loss ? 4 : 2));
    }
    for (double Expected::*field : {&Expected::final_accuracy, &Expected::last_five}) {
      const auto value = of(kind, field), shared = of(0, field);
      row += kind == 0 ? " - |"
                       : fmt::format(" {} |", Against(value[0] - shared[0], value[1] - shared[1],
                                                      value[2] - shared[2]));
    }
    // Brackets are escaped in Markdown.
    std::string escaped;
    for (const char c : row)
      escaped += c == '[' || c == ']' ? std::string("\\") + c : std::string(1, c);
    EXPECT_THAT(text, HasSubstr(escaped + "\n"));
  }
  EXPECT_THAT(text, HasSubstr("\nbatch, seeds 1, 2, 3:\n"));
  EXPECT_THAT(text, Not(HasSubstr("layer")));
  EXPECT_THAT(text, HasSubstr("per application: a set for each"));
  EXPECT_THAT(text, HasSubstr("(figures/statistics-batch.csv)"));
}

TEST_F(StatisticsSectionTest, StandsOnlyWhereAFinishedTrainingWasCompared) {
  EXPECT_EQ(Section(Run({Arm("batch", 1, 12, 0)})), "");
  ArmRecord diverged = Arm("batch", 1, 12, 5);
  diverged.state = "diverged";
  EXPECT_EQ(Section(Run({diverged})), "");
  const std::string text = Section(Run({diverged, Arm("batch", 2, 12, 3)}));
  EXPECT_THAT(text, HasSubstr("\nbatch, seed 2:\n"));
  EXPECT_THAT(text, Not(HasSubstr("per application")));
}

TEST_F(StatisticsSectionTest, OneSeedAndOneEpochAreSaidWithoutDeviations) {
  const RunRecord run = Run({Arm("batch", 1, 1, 3)});
  const auto& rows = run.arms[0].statistics;
  EXPECT_THAT(Section(run), HasSubstr(fmt::format(
                                "\n| running shared | 1 | {0:.2f} | {0:.2f} | - | {1:.4f} | - | "
                                "- |\n",
                                rows[0].test_accuracy, rows[0].test_loss)));
  EXPECT_THAT(Section(run), HasSubstr(fmt::format(
                                "\n| each test batch's own | 1 | {0:.2f} | {0:.2f} | - | {1:.4f} "
                                "| {2:+.2f} | {2:+.2f} |\n",
                                rows[2].test_accuracy, rows[2].test_loss,
                                rows[2].test_accuracy - rows[0].test_accuracy)));
}

TEST_F(StatisticsSectionTest, LabelsAreNoMarkup) {
  const std::string label = "b|*x*\n## head <b>`y`</b> [z](http://a)";
  const std::string text = Section(Run({Arm(label, 1, 3, 5)}));
  EXPECT_THAT(text, HasSubstr("seed 1:\n"));
  for (const char* markup : {"<b>", "\n## head", "[z](", "*x*\n", "|*", " `y`"}) {
    EXPECT_THAT(text.substr(sizeof kTitle), Not(HasSubstr(markup))) << markup;
  }
}

TEST_F(StatisticsSectionTest, OfManyModelsTheFirstAreOpen) {
  std::vector<ArmRecord> arms;
  for (int i = 0; i < 10; ++i) arms.push_back(Arm(fmt::format("batch{}", i), 1, 3, 3));
  const std::string text = Section(Run(arms));
  const std::size_t eighth = text.find("\nbatch7, "), fold = text.find("<summary>2 more</summary>"),
                    ninth = text.find("\nbatch8, ");
  ASSERT_NE(ninth, std::string::npos);
  EXPECT_LT(eighth, fold);
  EXPECT_LT(fold, ninth);
  EXPECT_THAT(text, HasSubstr("<summary>10 graphs</summary>"));
}

TEST_F(StatisticsSectionTest, TheFigureDrawsTheMeanAndTheRangeOfEveryKind) {
  const RunRecord run = Run({Arm("batch", 1, 7, 5), Arm("batch", 2, 7, 5), Arm("layer", 1, 7, 0)});
  const std::vector<Figure> figures =
      MakeRunFigures(run, {&dataset_, "", nullptr}, "it").statistics;
  ASSERT_THAT(figures, SizeIs(1));
  EXPECT_EQ(figures[0].name, "statistics-batch");
  EXPECT_THAT(figures[0].caption, HasSubstr("mean of n = 2 seeds, the band reaches"));
  EXPECT_THAT(figures[0].caption, HasSubstr("Right: the shaded later half"));
  const CsvTable table("", figures[0].data.back().second);
  ASSERT_EQ(table.rows(), 7u);
  ASSERT_EQ(table.header().size(), 1u + 5 * 3);
  for (std::size_t epoch = 0; epoch < 7; ++epoch) {
    for (std::size_t kind = 0; kind < 5; ++kind) {
      const double a = run.arms[0].statistics[epoch * 5 + kind].test_accuracy,
                   b = run.arms[1].statistics[epoch * 5 + kind].test_accuracy;
      EXPECT_NEAR(table.Number(epoch, 1 + 3 * kind), (a + b) / 2, 1e-4);
      EXPECT_NEAR(table.Number(epoch, 2 + 3 * kind), std::min(a, b), 1e-4);
      EXPECT_NEAR(table.Number(epoch, 3 + 3 * kind), std::max(a, b), 1e-4);
    }
  }
}

TEST_F(StatisticsSectionTest, AReportOfAFolderHasSectionFindingsAndPicture) {
  RunRecord run = Run({Arm("batch", 1, 12, 5), Arm("batch", 2, 12, 5), Arm("batch", 3, 12, 5)});
  LayDown(run);
  EXPECT_THAT(WriteReport(ReadRunFolder(run.path), dataset_, nullptr), IsEmpty());
  const std::string text = ReadFile(run.path + "/README.md");
  const std::size_t results = text.find("\n## Results\n"), section = text.find(kTitle),
                    findings = text.find("\n## Findings\n"),
                    tested = text.find("\n### Which statistics batch norm is tested with\n");
  EXPECT_LT(results, section);
  EXPECT_LT(section, findings);
  ASSERT_NE(tested, std::string::npos);
  EXPECT_LT(findings, tested);
  EXPECT_THAT(text, HasSubstr("[Statistics of batch normalization](#statistics-of-batch-"
                              "normalization)"));
  for (const char* ending : {"svg", "png", "gp", "csv"}) {
    EXPECT_TRUE(std::filesystem::exists(run.path + "/figures/statistics-batch." + ending))
        << ending;
  }
}

}  // namespace
}  // namespace normlab
