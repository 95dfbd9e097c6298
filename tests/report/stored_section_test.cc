// One's own models beside those that the repository keeps of the study `zoo`.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "config/recipe.h"
#include "config/recorded_recipe.h"
#include "random_run.h"
#include "report/findings/findings.h"
#include "report/readme/stored_section.h"
#include "report/sources/run_settings.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kStored[] =
    "norm,weights,learning_rate,parameters,seeds,finals\n"
    "batch,none,0.1,37140,1 2 3,77.00 77.20 77.10\n"
    "group,standardized,0.3,37140,1 2 3,70.00 70.30 70.10\n"
    "frn,none,0.03,37324,4 5 6,80.00 80.20 80.10\n";

std::string Refused(const std::string& csv) {
  try {
    ParseStoredResults(csv);
  } catch (const DataError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(StoredResults, AreReadByTheirColumns) {
  const std::vector<StoredMethod> stored = ParseStoredResults(kStored);
  ASSERT_EQ(stored.size(), 3u);
  EXPECT_EQ(stored[1].norm, "group");
  EXPECT_EQ(stored[1].weights, "standardized");
  EXPECT_EQ(stored[1].learning_rate, 0.3);
  EXPECT_EQ(stored[2].parameters, 37324u);
  EXPECT_EQ(stored[2].finals, (std::map<std::uint64_t, double>{{4, 80.0}, {5, 80.2}, {6, 80.1}}));
}

TEST(StoredResults, WhatIsBrokenIsNamed) {
  const std::string header = "norm,weights,learning_rate,parameters,seeds,finals\n";
  EXPECT_THAT(Refused("norm,weights\nbatch,none\n"), HasSubstr("learning_rate"));
  EXPECT_THAT(Refused(header + "batch,none,0.1,7,1 2,77\n"),
              AllOf(HasSubstr("table.csv:2"), HasSubstr("one accuracy for each seed")));
  EXPECT_THAT(Refused(header + "batch,none,0.1,7,1 x,77 78\n"), HasSubstr("seeds"));
  EXPECT_THAT(Refused(header + "batch,none,0.1,7,1,177\n"), HasSubstr("percent"));
  EXPECT_THAT(Refused(header + "batch,none,0.1,7,,\n"), HasSubstr("one accuracy at the least"));
}

TEST(StoredResults, WhatIsCompiledInIsReadable) { StoredResults(); }

class StoredSectionTest : public testing::Test {
 protected:
  StoredSectionTest() : dataset_(RandomDataset(7, {1, 6, 5}, {"zero", "one", "two"})) {}

  // A finished training of some recipe whose last test accuracy is this.
  ArmRecord OtherArm(const std::string& label, std::uint64_t seed, double final) {
    ArmRecord arm = RandomArm(seed, label, dataset_, 3, 2);
    arm.state = "finished";
    arm.metrics.back().test_accuracy = final;
    return arm;
  }
  // The same with the settings of the recipe zoo.
  ArmRecord Arm(const std::string& label, std::uint64_t seed, double final) {
    ArmRecord arm = OtherArm(label, seed, final);
    const auto zoo = std::ranges::find(ShippedRecipes(), "zoo", &ShippedRecipe::name);
    EXPECT_NE(zoo, ShippedRecipes().end());
    for (const auto& [key, value] : ReadRecordedRecipe(zoo->text).base) {
      if (!IsHeading(key) && key != "norm") arm.settings[key] = value;
    }
    return arm;
  }
  std::string Section(std::vector<ArmRecord> arms, const std::string& stored = kStored) {
    const RunRecord run = RandomRun(folder_.path(), dataset_, std::move(arms));
    const ReportData data{&dataset_, "no such folder", nullptr};
    const ReportFigures figures;
    const std::vector<RunRecord> sources = {run};
    const std::vector<std::string> warnings;
    const ReadmeContext context{
        run, sources, data, figures, warnings, FactsOf(run, data), GroupArms(run), ArmSettings(run),
        {}};
    return StoredTable(context,
                       stored.empty() ? std::vector<StoredMethod>{} : ParseStoredResults(stored));
  }

  const TemporaryFolder folder_;
  const Dataset dataset_;
};

TEST_F(StoredSectionTest, RanksAllByTheirMeansAndTestsWhatSharesSeeds) {
  const std::string text =
      Section({Arm("mine", 1, 73), Arm("mine", 2, 73.4), Arm("mine", 3, 73.1)});
  const std::size_t frn = text.find("| frn |"), batch = text.find("| batch |"),
                    mine = text.find("| mine (this run) |"), group = text.find("| group, weights");
  ASSERT_NE(group, std::string::npos) << text;
  EXPECT_TRUE(frn < batch && batch < mine && mine < group) << text;
  EXPECT_THAT(text, HasSubstr("Holm over 2 tests: better than group, weights standardized; not "
                              "distinguishable from none; worse than batch."));
  EXPECT_THAT(text, Not(HasSubstr("worse than batch, frn")));  // of other seeds
}

TEST_F(StoredSectionTest, OtherSettingsAreNotTested) {
  const std::string text =
      Section({OtherArm("mine", 1, 73), OtherArm("mine", 2, 73.4), OtherArm("mine", 3, 73.1)});
  EXPECT_THAT(text, AllOf(HasSubstr("Nothing is tested: this run's settings are others"),
                          HasSubstr("l2 (0.001; stored 0.0005)")));
  EXPECT_THAT(text, Not(HasSubstr("better than")));
}

TEST_F(StoredSectionTest, OneSeedIsNotTested) {
  const std::string text = Section({Arm("mine", 1, 73)});
  EXPECT_THAT(text, AllOf(HasSubstr("nothing is tested"), HasSubstr("seeds 1 to 6")));
  EXPECT_THAT(text, Not(HasSubstr("better than")));
}

TEST_F(StoredSectionTest, TitlesAreEscaped) {
  EXPECT_THAT(Section({Arm("a|b <i>", 1, 73)}), Not(HasSubstr("a|b <i>")));
}

TEST_F(StoredSectionTest, IsEmptyWhereNothingIsStored) {
  EXPECT_EQ(Section({Arm("mine", 1, 73)}, ""), "");
}

}  // namespace
}  // namespace normlab
