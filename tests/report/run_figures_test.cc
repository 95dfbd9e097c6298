// Which figures a report has and what they are drawn from.
#include "report/figures/run_figures.h"

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
#include "report/summary/best_models.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> Names(const std::vector<Figure>& figures) {
  std::vector<std::string> names;
  for (const Figure& figure : figures) names.push_back(figure.name);
  return names;
}

const std::string& Data(const Figure& figure) { return figure.data.back().second; }

class RunFigures : public testing::Test {
 protected:
  RunFigures() : dataset_(RandomDataset(3, {1, 6, 5}, {"zero", "one", "two"})) {}

  ArmRecord Arm(const std::string& norm, const std::string& label, std::uint64_t seed = 1) {
    ArmRecord arm = RandomArm(seed, label, dataset_, 4, 12);
    arm.norm = norm;
    arm.layers.clear();
    return arm;
  }
  RunRecord Run(std::vector<ArmRecord> arms) {
    return RandomRun(folder_.path(), dataset_, std::move(arms));
  }
  ReportFigures Make(const RunRecord& run) {
    return MakeRunFigures(run, {&dataset_, "", nullptr}, "it");
  }

  TemporaryFolder folder_;
  Dataset dataset_;
};

TEST_F(RunFigures, FewModelsOfOneSettingEach) {
  const ReportFigures figures = Make(Run({Arm("batch", "batch"), Arm("layer", "layer")}));
  EXPECT_THAT(Names(figures.together), ElementsAre("test-loss", "test-accuracy"));
  EXPECT_THAT(figures.best, IsEmpty());
  EXPECT_THAT(figures.families, IsEmpty());
  EXPECT_THAT(figures.tangle, IsEmpty());
  EXPECT_THAT(figures.layers, IsEmpty());
  EXPECT_THAT(Names(figures.models), ElementsAre("curves-batch", "curves-layer"));
  EXPECT_THAT(Names(figures.galleries), ElementsAre("misclassified-batch", "misclassified-layer"));
  EXPECT_THAT(Names(figures.samples), ElementsAre("training-samples"));
}

TEST_F(RunFigures, SettingsOfANormalizationStandTogether) {
  const ReportFigures figures =
      Make(Run({Arm("batch", "b0"), Arm("layer", "l0"), Arm("batch", "b1")}));
  EXPECT_THAT(Names(figures.best), ElementsAre("best-test-loss", "best-test-accuracy"));
  EXPECT_THAT(Names(figures.families),
              ElementsAre("batch-settings-test-loss", "batch-settings-test-accuracy"));
  const CsvTable table("batch", Data(figures.families[1]));
  EXPECT_THAT(table.header(),
              ElementsAre("epoch", "b0: test accuracy (%)", "b1: test accuracy (%)"));
}

// Of the layer models l1 is better on the test set and l0 on the held-out images.
TEST_F(RunFigures, TheBestAreChosenOnHeldOutImagesWhereThereAreAny) {
  RunRecord run = Run({Arm("layer", "l0"), Arm("layer", "l1"), Arm("batch", "b")});
  run.arms[0].metrics.back().test_accuracy = 50;
  run.arms[1].metrics.back().test_accuracy = 60;
  run.arms[0].metrics.back().validation_accuracy = 55;
  run.arms[1].metrics.back().validation_accuracy = 54;
  run.best_on_validation = true;
  const ReportFigures held_out = Make(run);
  EXPECT_THAT(
      CsvTable("", Data(held_out.best[0])).header(),
      ElementsAre("epoch", "l0: test loss (nats per image)", "b: test loss (nats per image)"));
  EXPECT_THAT(held_out.best[0].caption, HasSubstr("on the held-out images"));
  run.best_on_validation = false;
  const ReportFigures on_test = Make(run);
  EXPECT_THAT(
      CsvTable("", Data(on_test.best[0])).header(),
      ElementsAre("epoch", "l1: test loss (nats per image)", "b: test loss (nats per image)"));
  EXPECT_THAT(on_test.best[0].caption, HasSubstr("flatters"));
}

TEST_F(RunFigures, TheMeanOverFinishedSeedsChooses) {
  RunRecord run = Run({Arm("batch", "a", 1), Arm("batch", "a", 2), Arm("batch", "b", 1),
                       Arm("batch", "b", 2), Arm("none", "n", 1)});
  run.best_on_validation = false;
  const double finals[] = {70, 80, 76, 72, 0};  // means 75 and 74
  for (int i = 0; i < 5; ++i) run.arms[i].metrics.back().test_accuracy = finals[i];
  run.arms[4].state = "diverged";
  EXPECT_THAT(BestOfEachNorm(run, GroupArms(run)), ElementsAre(0u));
  run.arms[1].state = "interrupted";  // 70 against 74
  EXPECT_THAT(BestOfEachNorm(run, GroupArms(run)), ElementsAre(1u));
}

TEST_F(RunFigures, ManyModelsAreNotTangledInTheOpen) {
  std::vector<ArmRecord> arms;
  for (int i = 0; i < 15; ++i) {
    arms.push_back(Arm(i % 3 == 0 ? "batch" : "layer", fmt::format("m{}", i)));
  }
  const RunRecord run = Run(arms);
  const ReportFigures figures = Make(run);
  EXPECT_THAT(figures.together, IsEmpty());
  EXPECT_THAT(Names(figures.best), ElementsAre("test-loss", "test-accuracy"));
  EXPECT_EQ(CsvTable("", Data(figures.best[0])).header().size(), 3u);
  EXPECT_THAT(Names(figures.tangle),
              ElementsAre("all-models-test-loss", "all-models-test-accuracy"));
  EXPECT_EQ(CsvTable("", Data(figures.tangle[0])).header().size(), 16u);
  EXPECT_EQ(figures.families.size(), 4u);
  EXPECT_EQ(figures.models.size(), 15u);
  EXPECT_EQ(figures.galleries.size(), 2u);
}

TEST_F(RunFigures, LayersAtTheLastEpoch) {
  RunRecord run = Run({Arm("none", "none", 1), Arm("batch", "batch", 1), Arm("batch", "batch", 2)});
  const auto rows = [](double scale) {
    std::vector<LayerStatistics> list;
    for (int epoch = 1; epoch <= 2; ++epoch) {
      for (int application = 1; application <= 2; ++application) {
        LayerStatistics row;
        row.epoch = epoch;
        row.layer = std::string(application == 1 ? "C1" : "C4");
        row.application = application;
        row.deviation_after = scale * epoch * application;
        row.gradient_norm = 10 * scale * epoch * application;
        list.push_back(row);
      }
    }
    return list;
  };
  run.arms[0].layers = rows(1);
  run.arms[1].layers = rows(3);
  run.arms[2].layers = rows(5);
  const ReportFigures figures = Make(run);
  ASSERT_THAT(Names(figures.layers), ElementsAre("layers"));
  const CsvTable table("layers", Data(figures.layers[0]));
  ASSERT_EQ(table.rows(), 2u);
  const std::string out = "deviation of each unit's output",
                    gradient = "norm of the gradient of its weights";
  EXPECT_THAT(
      table.header(),
      ElementsAre("place", "none: " + out, "batch: " + out + ", mean", "batch: " + out + ", lowest",
                  "batch: " + out + ", highest", "none: " + gradient,
                  "batch: " + gradient + ", mean", "batch: " + gradient + ", lowest",
                  "batch: " + gradient + ", highest", "name"));
  const double first[] = {1, 2, 8, 6, 10, 20, 80, 60, 100};
  for (std::size_t c = 0; c < 9; ++c) EXPECT_EQ(table.Number(0, c), first[c]) << c;
  EXPECT_THAT(Data(figures.layers[0]), HasSubstr(",C1\n"));
  EXPECT_THAT(Data(figures.layers[0]), HasSubstr(",C4 (2)\n"));
}

TEST_F(RunFigures, LayersThatCannotStandOnALogarithmicAxisAreDrawnAsGaps) {
  RunRecord run = Run({Arm("none", "none", 1)});
  for (const double value :
       {0.0, 1e-8, static_cast<double>(NAN), static_cast<double>(INFINITY), -1.0}) {
    LayerStatistics row;
    row.epoch = 1;
    row.layer = fmt::format("'}}C{}", value);
    row.deviation_after = row.gradient_norm = value;
    run.arms[0].layers.push_back(row);
  }
  EXPECT_THAT(WriteReport(run, {&dataset_, "", nullptr}), IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/figures/layers.png"));
  run.arms[0].layers.resize(1);  // nothing but a zero
  EXPECT_THAT(WriteReport(run, {&dataset_, "", nullptr}), IsEmpty());
}

// Sixty arms, every one another model: the largest report that has a bar (issue 5).
TEST_F(RunFigures, SixtyArmsWriteAndNameTheirFigures) {
  std::vector<ArmRecord> arms;
  for (int i = 0; i < 60; ++i) {
    const char* norms[] = {"batch", "layer", "group"};
    ArmRecord arm = RandomArm(1, fmt::format("model {}", i), dataset_, 20, 50);
    arm.norm = norms[i % 3];
    arms.push_back(arm);
  }
  const RunRecord run = Run(arms);
  EXPECT_THAT(WriteReport(run, {&dataset_, "", nullptr}), IsEmpty());
  const std::string readme = ReadFile(folder_.path() + "/README.md");
  EXPECT_LT(readme.size(), std::size_t{512} << 10);
  std::vector<std::string> expected = {"test-loss", "test-accuracy", "training-samples"};
  for (int i = 0; i < 60; ++i) expected.push_back(fmt::format("curves-model-{}", i));
  for (const char* norm : {"batch", "layer", "group"}) {
    for (const char* part : {"part-1-of-2", "part-2-of-2"}) {
      expected.push_back(fmt::format("{}-settings-{}-test-loss", norm, part));
      expected.push_back(fmt::format("{}-settings-{}-test-accuracy", norm, part));
    }
  }
  for (const std::string& name : expected) {
    EXPECT_THAT(readme, HasSubstr(fmt::format("(figures/{}.png)", name)));
    EXPECT_TRUE(std::filesystem::exists(fmt::format("{}/figures/{}.png", folder_.path(), name)))
        << name;
  }
}

TEST_F(RunFigures, AFolderThatCannotBeWrittenKeepsWhatItHas) {
  const RunRecord run = Run({Arm("batch", "batch")});
  const std::string before = std::string("of before\n") + kReadmeMark;
  WriteFile(folder_.path() + "/README.md", before);
  WriteFile(folder_.path() + "/figures", "a file where the folder should be");
  try {
    WriteReport(run, {&dataset_, "", nullptr});
    FAIL();
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(), HasSubstr("figures"));
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
  }
  EXPECT_EQ(ReadFile(folder_.path() + "/README.md"), before);
}

}  // namespace
}  // namespace normlab
