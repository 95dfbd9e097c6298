// A user's own method from its file to a trained network, its report and its checkpoints.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "tests/app/program.h"
#include "tests/app/small_idx.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

const std::string kNorms = std::string(NORMLAB_TEST_DIR) + "/../norms";

constexpr char kMine[] =
    "title = \"Mine, centred\"\nsource = \"me & myself\"\nequation = '''\n"
    "m = avg[N H W](x)\ny = gain[C] * (x - m)\n'''\n[learned.gain]\ninitial = 1\n";

// Layer normalization in other words.
constexpr char kRenamed[] =
    "title = \"Mine, renamed\"\nequation = '''\na = avg[C H W](x)\nb = var[C H W](x)\n"
    "y = gain[C] * (x - a) / sqrt(b + eps) + shift[C]\n'''\n[learned.gain]\ninitial = 1\n";

class Norms : public ::testing::Test {
 protected:
  Norms() {
    WriteSmallIdx(folder_ / "set");
    WriteFile(folder_ / "mine.toml", kMine);
    WriteFile(folder_ / "renamed.toml", kRenamed);
  }
  Outcome Run(const std::vector<std::string>& arguments) { return RunProgram(folder_, arguments); }
  Outcome Train(const std::string& norms, std::vector<std::string> more) {
    more.insert(more.end(), {"--progress", "none", "--epochs", "1", "--engine", "reference"});
    std::vector<std::string> arguments = SmallRun(more);
    std::ranges::replace(arguments, "batch", norms);
    return Run(arguments);
  }
  const TemporaryFolder folder_;
};

TEST_F(Norms, PrintTheirFilesToBeginOnesOwnWith) {
  const Outcome list = Run({"norms"});
  const Json json = Json::parse(Run({"norms", "--json"}).out);
  EXPECT_EQ(json["command"], "norms");
  std::size_t shipped = 0;
  for (const auto& entry : fs::directory_iterator(kNorms)) {
    const std::string name = entry.path().stem().string();
    const Outcome outcome = Run({"norms", name});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, ReadFile(entry.path().string()));
    EXPECT_THAT(list.out, HasSubstr("\n" + name + " "));
    ++shipped;
  }
  EXPECT_EQ(json["norms"].size(), shipped);
  EXPECT_EQ(json["norms"][1]["name"], "batch");
  EXPECT_EQ(json["norms"][1]["program"], "room batch");
  EXPECT_EQ(json["norms"][1]["learned"], Json({"weight", "bias"}));
  EXPECT_EQ(Run({"norms", "mine.toml"}).out, kMine);
  EXPECT_EQ(Json::parse(Run({"norms", "mine.toml", "--json"}).out)["norms"][0]["program"],
            "equation");
}

TEST_F(Norms, AreNamedInFlagsRecipesAndTheKey) {
  const Outcome flag = Train("batch,./mine.toml", {"--dry-run"});
  EXPECT_EQ(flag.code, 0) << flag.err;
  EXPECT_THAT(flag.out, AllOf(HasSubstr("#   batch-seed1"), HasSubstr("#   Mine-centred-seed1"),
                              HasSubstr("m = avg[N H W](x)\n")));
  fs::create_directories(folder_ / "studies");
  fs::rename(folder_ / "mine.toml", folder_ / "studies/mine.toml");
  WriteFile(folder_ / "studies/recipe.toml",
            "dataset = \"idx:set\"\nmodel = \"C2 GAP c2!\"\nbatch_size = 20\n"
            "norm = [\"batch\", \"./mine.toml\"]\n");
  const Outcome recipe = Run({"run", "studies/recipe.toml", "--dry-run", "--engine", "reference"});
  EXPECT_EQ(recipe.code, 0) << recipe.err;
  EXPECT_THAT(recipe.out, HasSubstr("#   Mine-centred-seed1"));
  const Outcome key = Run({"run", "studies/recipe.toml", "--dry-run", "--engine", "reference",
                           "--set", "norm=m = avg[C H W](x)\ny = x - m"});
  EXPECT_EQ(key.code, 0) << key.err;
  EXPECT_THAT(key.out, AllOf(HasSubstr("#   own-"), HasSubstr("m = avg[C H W](x)\n")));
}

TEST_F(Norms, TrainGoOnAndAreTakenUpWithoutTheirFile) {
  const Outcome run = Train("batch,./mine.toml", {"--out", "r"});
  ASSERT_EQ(run.code, 0) << run.err;
  fs::remove(folder_ / "mine.toml");
  const Json study = Json::parse(ReadFile(folder_ / "r/study.json"));
  EXPECT_EQ(study["arms"][1]["folder"], "Mine-centred-seed1");
  EXPECT_EQ(study["arms"][1]["label"], "Mine, centred");
  EXPECT_EQ(study["arms"][1]["norm"], "Mine, centred");
  EXPECT_THAT(ReadFile(folder_ / "r/README.md"),
              AllOf(HasSubstr("Mine, centred"), HasSubstr("\ny = gain[C] * (x - m)\n```\n"),
                    Not(HasSubstr("is not known")), Not(HasSubstr("unknown normalization"))));
  const Outcome again = Run({"run", "r/recipe.toml", "--out", "r", "--progress", "none"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(Json::parse(ReadFile(folder_ / "r/study.json"))["configuration"],
            study["configuration"]);
  fs::copy(folder_ / "r/Mine-centred-seed1/last.safetensors", folder_ / "w.safetensors");
  const Outcome evaluated = Run({"evaluate", "w.safetensors", "--engine", "reference"});
  EXPECT_EQ(evaluated.code, 0) << evaluated.err;
  EXPECT_THAT(evaluated.out, HasSubstr("Mine, centred norm"));
  const Outcome exported = Run({"export", "w.safetensors", "--pytorch", "p"});
  EXPECT_EQ(exported.code, 0) << exported.err;
  EXPECT_THAT(ReadFile(folder_ / "p/model.py"),
              AllOf(HasSubstr("NORM = \"Mine, centred\""), HasSubstr("running_m")));
  fs::copy(folder_ / "r", folder_ / "other", fs::copy_options::recursive);
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"runs", "."}, {"report", "r"}, {"compare", "r", "other"}}) {
    const Outcome outcome = Run(arguments);
    EXPECT_EQ(outcome.code, 0) << arguments[0] << ": " << outcome.err;
  }
}

TEST_F(Norms, ThatAreAShippedOneButForNamesRunByItsRoom) {
  const Outcome summary = Run({"summary", "C4 P C6 GAP c10!", "--norm",
                               "layer,./renamed.toml,./mine.toml", "--dataset", "mnist"});
  EXPECT_EQ(summary.code, 0) << summary.err;
  EXPECT_THAT(summary.out,
              HasSubstr("Program: layer by its room; Mine, renamed by the room of layer; "
                        "Mine, centred by its equation\n"));
  const Outcome equation = Run({"summary", "C4 P C6 GAP c10!", "--norm", "layer", "--dataset",
                                "mnist", "--program", "equation"});
  EXPECT_THAT(equation.out, HasSubstr("Program: its equation\n"));
  const Outcome run = Train("layer,./renamed.toml", {"--out", "r"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto metrics = [&](const std::string& arm) {
    const Json arms = Json::parse(ReadFile(folder_ / ("r/" + arm + "/arm.json")));
    return arms["conditions"]["initial_weights"];
  };
  EXPECT_EQ(metrics("layer-seed1"), metrics("Mine-renamed-seed1"));
  const Outcome exported = Run({"export", "r/Mine-renamed-seed1", "--pytorch", "p"});
  EXPECT_EQ(exported.code, 0) << exported.err;
  EXPECT_THAT(ReadFile(folder_ / "p/model.py"), HasSubstr("NORM = \"layer\""));
}

TEST_F(Norms, AGhostBatchThatNothingReadsIsDoubted) {
  const Outcome outcome = Train("batch", {"--dry-run", "--set", "ghost=8"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("ghost = 8 changes nothing of batch"));
  const Outcome named = Run({"run", "--dry-run", "--engine", "reference", "--set", "ghost=8",
                             "--set", "norm=m = avg[M H W](x); y = x - m"});
  EXPECT_EQ(named.code, 0) << named.err;
  EXPECT_THAT(named.err, Not(HasSubstr("changes nothing")));
}

}  // namespace
}  // namespace normlab
