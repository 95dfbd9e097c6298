// A user's own method in recipes, flags and records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "config/norm_setting.h"
#include "config/plan.h"
#include "config/recorded_recipe.h"
#include "norm/norm.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kMine[] =
    "title = \"My norm\"\nequation = '''\nm = avg[C H W](x)  # \\ and \"\"\" too\n"
    "y = gain[C] * (x - m)\n'''\nnotes = \"a \\\" b\"\n";

class OwnNorm : public ::testing::Test {
 protected:
  OwnNorm() {
    fs::create_directories(folder_ + "/studies");
    WriteFile(folder_ + "/studies/mine.toml", kMine);
  }
  ~OwnNorm() override { fs::remove_all(folder_); }

  StudyPlan Plan(const std::string& text, const Overrides& overrides = {}) const {
    const std::string path = folder_ + "/studies/recipe.toml";
    WriteFile(path, text);
    return ResolvePlan(LoadRecipe(path), overrides);
  }
  std::string Refused(const std::string& text) const {
    try {
      Plan(text);
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "accepted";
  }

  const std::string folder_ = testing::TempDir() + "own_norm_" + std::to_string(getpid());
};

std::vector<std::string> NormsOf(const StudyPlan& plan) {
  std::vector<std::string> norms;
  for (const Arm& arm : plan.arms) norms.push_back(arm.config.norm);
  return norms;
}
std::vector<std::string> FoldersOf(const StudyPlan& plan) {
  std::vector<std::string> folders;
  for (const Arm& arm : plan.arms) folders.push_back(arm.folder);
  return folders;
}

TEST_F(OwnNorm, FilesLieRelativeToTheRecipeAndBecomeTheirText) {
  const StudyPlan plan = Plan("norm = [\"batch\", \"./mine.toml\"]\n");
  EXPECT_THAT(NormsOf(plan), ElementsAre("batch", kMine));
  EXPECT_THAT(FoldersOf(plan), ElementsAre("batch-seed1", "My-norm-seed1"));
  EXPECT_EQ(plan.arms[1].label, "My norm");
  EXPECT_EQ(plan.arms[1].norm, "My norm");
  EXPECT_THAT(plan.arms[1].origins.at("norm"),
              AllOf(HasSubstr("recipe.toml, line 1"), HasSubstr(", ./mine.toml")));
  EXPECT_THAT(NormsOf(Plan("norm = \"mine.toml\"\n")), ElementsAre(kMine));
  EXPECT_THAT(NormsOf(Plan("[[run]]\nnorm = \"../studies/mine.toml\"\n")), ElementsAre(kMine));
  EXPECT_THAT(NormsOf(Plan("norm = \"" + folder_ + "/studies/mine.toml\"\n")), ElementsAre(kMine));
  EXPECT_THAT(NormsOf(Plan("norm = [\"batch\", \"mine.toml\"]\nlr = [0.1, 0.2]\n"
                           "exclude = [{ norm = \"mine.toml\", lr = 0.2 }]\n")),
              ElementsAre("batch", "batch", kMine));
}

TEST_F(OwnNorm, AnEquationStandsForItself) {
  const std::string one = "y = gain[C] * x", two = "m = avg[C H W](x)\ny = x - m\n";
  const StudyPlan plan = Plan("[[run]]\nnorm = \"" + one + "\"\n[[run]]\nnorm = '''\n" + two +
                              "'''\n[[run]]\nnorm = \"batch\"\n");
  EXPECT_THAT(NormsOf(plan), ElementsAre(one, two, "batch"));
  EXPECT_THAT(plan.arms[0].folder, testing::MatchesRegex("own-[0-9a-f]{8}-seed1"));
  EXPECT_NE(plan.arms[0].folder, plan.arms[1].folder);
  EXPECT_EQ(ParseAssignment("norm=" + one, "flag --set").value, one);
}

TEST_F(OwnNorm, FlagsSelectTheArmsThatTheRecipeHas) {
  const std::string path = folder_ + "/studies/mine.toml";
  Overrides overrides;
  overrides.norms = NormsOfFlag("group," + path + ",y = max(x, 0)", "flag --norms");
  EXPECT_THAT(overrides.norms, ElementsAre("group", kMine, "y = max(x, 0)"));
  const StudyPlan plan = Plan("[[run]]\nnorm = \"mine.toml\"\nl2 = 0.5\n", overrides);
  EXPECT_THAT(NormsOf(plan), ElementsAre("group", kMine, "y = max(x, 0)"));
  EXPECT_EQ(plan.arms[1].config.l2, 0.5) << "the recipe's own arm";
  EXPECT_EQ(plan.arms[0].config.l2, 0);
}

// What a run folder has needs the file no more, and is the same run.
TEST_F(OwnNorm, TheRecordedRecipeHoldsTheText) {
  for (const std::string& recipe :
       {std::string("norm = [\"batch\", \"mine.toml\"]\n"), std::string("norm = \"mine.toml\"\n"),
        std::string("norm = [\"y = x * 2\", \"m = avg[H W](x)\\ny = x - m\"]\n")}) {
    WriteFile(folder_ + "/studies/mine.toml", kMine);
    const StudyPlan plan = Plan(recipe);
    fs::remove(folder_ + "/studies/mine.toml");
    const std::string text = ResolvedRecipe(plan);
    const StudyPlan again = ResolvePlan(ParseRecipe(text, "elsewhere/recipe.toml"), {});
    EXPECT_EQ(NormsOf(again), NormsOf(plan)) << text;
    EXPECT_EQ(FoldersOf(again), FoldersOf(plan));
    EXPECT_EQ(PlanHash(again), PlanHash(plan));
    const RecordedRecipe recorded = ReadRecordedRecipe(text);
    ASSERT_EQ(recorded.arms.size(), plan.arms.size()) << text;
    for (std::size_t i = 0; i < plan.arms.size(); ++i) {
      const auto own = recorded.arms[i].find("norm"), base = recorded.base.find("norm");
      EXPECT_EQ(own == recorded.arms[i].end() ? base->second : own->second,
                plan.arms[i].config.norm);
    }
  }
}

TEST_F(OwnNorm, TextsOfEveryShapeComeBack) {
  for (const std::string& text :
       {std::string(kMine), std::string("y = x + 1"), std::string("y = x # ''' \"\"\"\n"),
        std::string("\n\n# \"\"\"\"\"\" \\\ny = x * 2#\""), std::string("# '\ny = x - 2 # '"),
        std::string("#\t\u00e9\ny = x ; ")}) {
    Config config;
    config.norm = text;
    EXPECT_EQ(ParseCanonicalText(CanonicalText(config)).norm, text);
  }
}

TEST_F(OwnNorm, OnlyTextsOfUsersAndKeysBesideTheirDefaultsAreHashed) {
  Config config;
  const std::string batch = HashText(config);
  EXPECT_THAT(batch, AllOf(HasSubstr("norm = \"batch\"\n"), testing::Not(HasSubstr("program")),
                           testing::Not(HasSubstr("ghost"))));
  config.norm_program = "equation";
  config.ghost = 8;
  EXPECT_THAT(HashText(config),
              AllOf(HasSubstr("norm_program = \"equation\"\n"), HasSubstr("ghost = 8\n")));
  const std::string hash = PlanHash(Plan("norm = \"mine.toml\"\n"));
  WriteFile(folder_ + "/studies/mine.toml", std::string(kMine) + "# more\n");
  EXPECT_NE(PlanHash(Plan("norm = \"mine.toml\"\n")), hash);
}

TEST_F(OwnNorm, TwoOfOneTitleHaveTwoNames) {
  WriteFile(folder_ + "/studies/other.toml", "title = 'my norm'\nequation = 'y = gain[] * x'\n");
  WriteFile(folder_ + "/studies/third.toml", "title = 'BATCH'\nequation = 'y = gain[] * x'\n");
  const StudyPlan plan =
      Plan("norm = [\"mine.toml\", \"other.toml\", \"third.toml\", \"batch\"]\n");
  EXPECT_THAT(plan.arms[0].norm, testing::MatchesRegex("My norm-[0-9a-f]{8}"));
  EXPECT_THAT(plan.arms[1].norm, testing::MatchesRegex("my norm-[0-9a-f]{8}"));
  EXPECT_THAT(plan.arms[2].norm, testing::MatchesRegex("BATCH-[0-9a-f]{8}"));
  EXPECT_EQ(plan.arms[3].norm, "batch");
  EXPECT_THAT(plan.arms[0].folder, testing::MatchesRegex("My-norm-[0-9a-f]{8}-seed1"));
}

// A text from elsewhere makes nobody read files.
TEST_F(OwnNorm, MetadataNameNoFiles) {
  const std::string path = folder_ + "/studies/mine.toml";
  EXPECT_THROW(ParseCanonicalText("norm = \"" + path + "\"\n"), UsageError);
  EXPECT_THROW(ParseRecipe("norm = [\"" + path + "\"]\n", "settings"), UsageError);
}

TEST_F(OwnNorm, IsRefusedWithThePlace) {
  WriteFile(folder_ + "/studies/mine.toml", "title = 'x'\nequation = '''\ny = x - mm\n'''\n");
  EXPECT_THAT(Refused("\nnorm = \"mine.toml\"\n"),
              HasSubstr("recipe.toml, line 2: norm: mine.toml, line 3, column 9: unknown name"));
  EXPECT_THAT(Refused("norm = \"./none.toml\"\n"),
              AllOf(HasSubstr("line 1: norm: "), HasSubstr("none.toml: No such file")));
  EXPECT_THAT(Refused("norm = \"../studies\"\n"), HasSubstr("found a folder"));
  EXPECT_THAT(Refused("norm = \"y = x +\"\n"),
              HasSubstr("line 1: norm: equation, line 1, column 8: "));
  WriteFile(folder_ + "/studies/picture.toml", "\x89PNG\r\n\x1a\n");
  EXPECT_THAT(Refused("norm = \"picture.toml\"\n"), HasSubstr("expected a method, found a PNG"));
  WriteFile(folder_ + "/studies/empty.toml", "");
  EXPECT_THAT(Refused("norm = \"empty.toml\"\n"), HasSubstr("found an empty file"));
  WriteFile(folder_ + "/studies/large.toml", std::string(40000, '#'));
  EXPECT_THAT(Refused("norm = \"large.toml\"\n"), HasSubstr("at most 32768 bytes"));
  WriteFile(folder_ + "/studies/huge.toml", std::string(2 << 20, '#'));
  EXPECT_THAT(Refused("norm = \"huge.toml\"\n"), HasSubstr("larger than 1 MiB"));
}

TEST(NormPath, IsToldFromNamesAndEquations) {
  for (const char* path : {"mine.toml", "./mine", "~/x/mine.toml", "a = b/mine.toml"}) {
    EXPECT_TRUE(IsNormPath(path)) << path;
  }
  for (const char* other : {"batch", "y = x / 2", "mine", "", "y = x\n# mine.toml"}) {
    EXPECT_FALSE(IsNormPath(other)) << other;
  }
}

constexpr char kWeights[] =
    "title = \"Unit filters\"\nequation = 'y = gain[O] * w / norm[I Y X](w)'\n"
    "[learned.gain]\ninitial = \"norm[I Y X](w)\"\n";

TEST_F(OwnNorm, AMethodOnTheWeightsIsReadWhereItIsNamed) {
  WriteFile(folder_ + "/studies/unit.toml", kWeights);
  const StudyPlan plan =
      Plan("norm = \"batch\"\nweights = [\"none\", \"standardized\", \"unit.toml\"]\n");
  ASSERT_EQ(plan.arms.size(), 3u);
  EXPECT_EQ(plan.arms[2].config.weights, kWeights);
  EXPECT_THAT(plan.arms[1].folder, StartsWith("batch-weights_standardized-seed"));
  EXPECT_THAT(plan.arms[2].folder, StartsWith("batch-weights_Unit_filters-"));
  EXPECT_THAT(plan.arms[2].label,
              AllOf(StartsWith("batch (weights = Unit filters"), testing::Not(HasSubstr("gain"))));
}

TEST_F(OwnNorm, AMethodOnTheWeightsIsNoNorm) {
  WriteFile(folder_ + "/studies/unit.toml", kWeights);
  EXPECT_THAT(Refused("norm = \"unit.toml\"\n"),
              AllOf(HasSubstr("unit.toml"), HasSubstr("the key weights takes it")));
  EXPECT_THAT(Refused("weights = \"mine.toml\"\n"),
              AllOf(HasSubstr("mine.toml"), HasSubstr("the key norm takes it")));
}

TEST_F(OwnNorm, WeightsLeftAloneAreNotInARunsHash) {
  Settings with, without;
  with.config.weights = "scaled";
  const Key& key = FindKey("weights", "");
  EXPECT_EQ(HashLine(key, without), "");
  EXPECT_EQ(HashLine(key, with), "weights = \"scaled\"\n");
}

}  // namespace
}  // namespace normlab
