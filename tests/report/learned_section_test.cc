// What a report shows of learned.csv: quantities, figures, the README's section, the page's data.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "random_run.h"
#include "records/csv.h"
#include "report/figures/run_figures.h"
#include "report/page/page.h"
#include "report/readme/readme.h"
#include "report/report.h"
#include "report/summary/learned_quantities.h"

namespace normlab {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kTitle[] = "\n## What each layer learned\n";

class LearnedSectionTest : public testing::Test {
 protected:
  LearnedSectionTest() : dataset_(RandomDataset(7, {1, 6, 5}, {"zero", "one", "two"})) {}

  // Epochs 1 to `epochs` of two layers: the mean is scale * epoch, of the second layer twice that.
  ArmRecord Arm(const std::string& label, std::uint64_t seed, double scale,
                const std::vector<std::string>& names, int epochs = 3, int first = 1) {
    ArmRecord arm = RandomArm(seed, label, dataset_, epochs, 2);
    for (int epoch = first; epoch <= epochs; ++epoch) {
      for (int layer = 1; layer <= 2; ++layer) {
        for (const std::string& name : names) {
          const double mean = scale * epoch * layer;
          const bool statement = name.starts_with("share");
          const bool several = name == "weight" || name == "gate";
          arm.learned.push_back({epoch, fmt::format("C{}", layer), name == "gain" ? "conv" : "norm",
                                 name, statement, several ? 8 : 1, mean, several ? 0.5 : 0.0,
                                 several ? mean - 1 : mean, several ? mean + 1 : mean});
        }
      }
    }
    return arm;
  }
  RunRecord Run(std::vector<ArmRecord> arms) {
    return RandomRun(folder_.path(), dataset_, std::move(arms));
  }
  ReportFigures Make(const RunRecord& run) {
    return MakeRunFigures(run, {&dataset_, "", nullptr}, "it");
  }
  std::string Section(const RunRecord& run) {
    const ReportData data{&dataset_, "no such folder", nullptr};
    const std::string text = RunReadme(run, {run}, data, Make(run), {});
    const std::size_t start = text.find(kTitle);
    return start == std::string::npos ? ""
                                      : text.substr(start, text.find("\n## ", start + 1) - start);
  }

  TemporaryFolder folder_;
  Dataset dataset_;
};

TEST_F(LearnedSectionTest, SeedsArePutTogetherOverTheEpochsThatAllHave) {
  const RunRecord run = Run({Arm("own", 1, 1, {"share", "gate", "weight"}, 3),
                             Arm("own", 2, 3, {"share", "gate", "weight"}, 4, 2)});
  const auto models = GroupArms(run);
  const auto quantities = LearnedQuantities(models[0]);
  ASSERT_THAT(quantities, SizeIs(3));
  EXPECT_EQ(quantities[0].kind, LearnedKind::kStatement);
  EXPECT_EQ(quantities[1].kind, LearnedKind::kOwn);
  EXPECT_EQ(quantities[2].kind, LearnedKind::kAffine);
  const LearnedLayer& second = quantities[1].layers[1];
  EXPECT_EQ(second.layer, "C2");
  EXPECT_EQ(second.count, 8);
  ASSERT_THAT(second.points, SizeIs(3));
  EXPECT_TRUE(std::isnan(second.points[0].mean)) << "the second seed has no first epoch";
  EXPECT_EQ(second.points[2].mean, (6.0 + 18) / 2);
  EXPECT_EQ(second.points[2].low, 6);
  EXPECT_EQ(second.points[2].high, 18);
  EXPECT_EQ(second.lowest, 5);
  EXPECT_EQ(second.highest, 19);
  const LearnedParts parts = PartsOf(quantities);
  EXPECT_THAT(parts.first, SizeIs(1));
  EXPECT_THAT(parts.rest, SizeIs(2));
}

TEST_F(LearnedSectionTest, AFigureHasAPanelAValueAndALineALayer) {
  const RunRecord run = Run({Arm("own", 1, 1, {"alpha", "gain", "tau", "weight"})});
  const ReportFigures figures = Make(run);
  ASSERT_THAT(figures.learned, SizeIs(1));
  ASSERT_THAT(figures.learned[0].first, SizeIs(1));
  const CsvTable table("learned", figures.learned[0].first[0].data.back().second);
  EXPECT_THAT(table.header(), ElementsAre("epoch", "C1: alpha", "C2: alpha", "C1: conv.gain",
                                          "C2: conv.gain", "C1: tau", "C2: tau"));
  ASSERT_EQ(table.rows(), 3u);
  EXPECT_EQ(table.Number(2, 1), 3);
  EXPECT_EQ(table.Number(2, 2), 6);
  const std::string& rest = figures.learned[0].rest.at(0).data.back().second;
  EXPECT_THAT(rest, HasSubstr("C1: weight"));
}

// Seven values are two figures; the first has three rows of panels.
TEST_F(LearnedSectionTest, ManyValuesAreDrawn) {
  const std::vector<std::string> names = {"share_a", "share_b", "share_c", "share_d",
                                          "share_e", "share_f", "share_g", "bias"};
  const RunRecord run = Run({Arm("own", 1, 0.1, names), Arm("plain", 1, 1, {"weight", "bias"}),
                             RandomArm(3, "none", dataset_, 3, 2)});
  EXPECT_THAT(WriteReport(run, {&dataset_, "", nullptr}), IsEmpty());
  for (const char* name :
       {"learned-own", "learned-own-2", "learned-own-more", "learned-plain-more"}) {
    EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/figures/" + name + ".png")) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/figures/learned-none-more.png"));
}

TEST_F(LearnedSectionTest, TablesShowTheLastEpochAndFoldWeightAndBias) {
  const std::string section = Section(
      Run({Arm("own", 1, 0.5, {"share", "a", "gate", "weight"}), Arm("plain", 1, 1, {"weight"})}));
  const std::string open = section.substr(0, section.find("<details>"));
  EXPECT_THAT(open, HasSubstr("\nown, after the last epoch:\n"));
  EXPECT_THAT(open, HasSubstr("| layer | share |\n"));
  EXPECT_THAT(open, HasSubstr("| C1 | 1.500 |\n"));
  EXPECT_THAT(open, HasSubstr("| C2 | 3.000 |\n"));
  const std::string folded = section.substr(open.size());
  EXPECT_THAT(folded, HasSubstr("<summary>own: a, gate, weight</summary>"));
  EXPECT_THAT(folded, HasSubstr("| C2 | 3.000 | 3.000 (2.000 to 4.000) |\n"));
  EXPECT_THAT(folded, HasSubstr("<summary>plain: weight</summary>"));
  EXPECT_THAT(section, Not(HasSubstr("plain, after")));
}

TEST_F(LearnedSectionTest, IsLeftOutWhereThereIsNothingToSay) {
  EXPECT_EQ(Section(Run({RandomArm(1, "none", dataset_, 3, 2)})), "");
  std::vector<ArmRecord> many;
  for (int i = 0; i < 9; ++i) many.push_back(Arm(fmt::format("m{}", i), 1, 1, {"weight", "bias"}));
  EXPECT_EQ(Section(Run(many)), "") << "weight and bias of many models";
}

TEST_F(LearnedSectionTest, ThePageHasEveryEpoch) {
  const RunRecord run =
      Run({Arm("own", 1, 1, {"share", "gate"}), RandomArm(1, "none", dataset_, 3, 2)});
  const json arms = json::parse(PageData({{&run, &dataset_}}))["studies"][0]["arms"];
  EXPECT_FALSE(arms[1].contains("learned"));
  const json& learned = arms[0]["learned"];
  EXPECT_EQ(learned["epoch"], json({1, 2, 3}));
  ASSERT_EQ(learned["values"].size(), 4u);
  EXPECT_EQ(learned["values"][0], json({{"layer", "C1"},
                                        {"part", "norm"},
                                        {"name", "share"},
                                        {"kind", "statement"},
                                        {"count", 1},
                                        {"mean", {1.0, 2.0, 3.0}}}));
  const json& gate = learned["values"][3];
  EXPECT_EQ(gate["layer"], "C2");
  EXPECT_EQ(gate["kind"], "learned");
  EXPECT_EQ(gate["count"], 8);
  EXPECT_EQ(gate["lowest"], json({1.0, 3.0, 5.0}));
  EXPECT_EQ(gate["highest"], json({3.0, 5.0, 7.0}));
  EXPECT_EQ(gate["deviation"], json({0.5, 0.5, 0.5}));
}

}  // namespace
}  // namespace normlab
