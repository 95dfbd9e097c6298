// normlab recipes, runs and compare: what is refused, and what a page of docs/ shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;
namespace fs = std::filesystem;

const std::string kRoot = std::string(NORMLAB_TEST_DIR) + "/..";

void ExpectRefused(const Outcome& outcome, int code, const std::string& named) {
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  EXPECT_THAT(outcome.err, StartsWith("normlab: "));
  EXPECT_THAT(outcome.err, HasSubstr(named));
}

// A study as its index, its metrics and its misses tell it: `misses` of 1,000 images.
void LayStudy(const std::string& folder, const std::string& dataset,
              const std::vector<int>& misses) {
  Json arms = Json::array();
  for (std::size_t i = 0; i < misses.size(); ++i) {
    const std::string name = "batch-seed" + std::to_string(i + 1);
    fs::create_directories(folder + "/" + name);
    arms.push_back({{"folder", name},
                    {"label", "batch"},
                    {"norm", "batch"},
                    {"seed", i + 1},
                    {"state", "finished"},
                    {"message", ""},
                    {"best_epoch", 1},
                    {"seconds", 1.5}});
    WriteFile(folder + "/" + name + "/metrics.csv",
              "epoch,train_loss,train_accuracy,test_loss,test_accuracy,learning_rate,seconds,"
              "images_per_second\n1,1,50,1," +
                  std::to_string(100 - misses[i] / 10.0) + ",0.1,1,1\n");
    std::string errors =
        "index,truth,prediction,truth_name,prediction_name,truth_probability,"
        "prediction_probability,loss\n";
    for (int m = 0; m < misses[i]; ++m) {
      errors += std::to_string(m) + ",0,1,cat,dog,0.1,0.9,2.3\n";
    }
    WriteFile(folder + "/" + name + "/errors.csv", errors);
  }
  const Json study = {{"schema", 1},
                      {"recipe", "mine"},
                      {"dataset", dataset},
                      {"class_names", {"cat", "dog"}},
                      {"best_on", "test"},
                      {"arms", arms},
                      {"started", "2026-01-02T03:04:05Z"},
                      {"finished", ""}};
  WriteFile(folder + "/study.json", study.dump());
  WriteFile(folder + "/recipe.toml", "lr = 0.1\n");
  WriteFile(folder + "/environment.json", "{}");
}

TEST(Recipes, PrintTheirFilesToBeginOnesOwnWith) {
  const TemporaryFolder folder;
  for (const auto& entry : fs::directory_iterator(kRoot + "/recipes")) {
    const Outcome outcome = RunProgram(folder, {"recipes", entry.path().stem().string()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, ReadFile(entry.path().string()));
  }
  const Outcome mnist = RunProgram(folder, {"recipes", "mnist"});
  WriteFile(folder / "mine.toml", mnist.out + "# mine\n");
  EXPECT_EQ(RunProgram(folder, {"recipes", "mine.toml"}).out, mnist.out + "# mine\n");
  EXPECT_EQ(RunProgram(folder, {"run", "mine.toml", "--dry-run"}).code, 0);
}

TEST(Recipes, ListEveryShippedOne) {
  const TemporaryFolder folder;
  const Outcome list = RunProgram(folder, {"recipes"});
  EXPECT_EQ(list.code, 0) << list.err;
  const Outcome json = RunProgram(folder, {"recipes", "--json"});
  const Json document = Json::parse(json.out);
  EXPECT_EQ(document["command"], "recipes");
  std::size_t shipped = 0;
  for (const auto& entry : fs::directory_iterator(kRoot + "/recipes")) {
    const std::string name = entry.path().stem().string();
    EXPECT_THAT(list.out, HasSubstr("\n" + name + ": ")) << name;
    ++shipped;
  }
  ASSERT_EQ(document["recipes"].size(), shipped);
  const Json& all = document["recipes"];
  const auto fifteen =
      std::ranges::find_if(all, [](const Json& recipe) { return recipe["name"] == "mnist-l1-l2"; });
  ASSERT_NE(fifteen, all.end());
  EXPECT_EQ((*fifteen)["arms"], 15);
  EXPECT_EQ((*fifteen)["norms"], Json::array({"batch", "layer", "group"}));
  EXPECT_EQ((*fifteen)["epochs"], Json::array({20}));
  EXPECT_GT((*fifteen)["estimated_seconds"], 0);
}

TEST(Recipes, RefuseWhatCannotBeRun) {
  const TemporaryFolder folder;
  WriteFile(folder / "broken.toml", "epochs = 5\nlr = \"quick\"\n");
  WriteFile(folder / "cut.toml", "epochs = [");
  ExpectRefused(RunProgram(folder, {"recipes", "mnst"}), 2, "'mnist'");
  ExpectRefused(RunProgram(folder, {"recipes", "absent.toml"}), 2, "absent.toml");
  ExpectRefused(RunProgram(folder, {"recipes", "cut.toml"}), 2, "cut.toml, line 1");
  ExpectRefused(RunProgram(folder, {"recipes", "broken.toml"}), 2, "lr = quick");
  ExpectRefused(RunProgram(folder, {"recipes", "broken.toml", "--json"}), 2, "lr = quick");
  ExpectRefused(RunProgram(folder, {"recipes", "mnist", "cifar10"}), 2, "cifar10");
}

TEST(Runs, AreListedAndRefused) {
  const TemporaryFolder folder;
  ExpectRefused(RunProgram(folder, {"runs"}), 3, "runs: ");
  ExpectRefused(RunProgram(folder, {"runs", "a", "b"}), 2, "b");
  LayStudy(folder / "runs/one", "mnist", {100, 200});
  fs::create_directories(folder / "runs/foreign");
  WriteFile(folder / "runs/foreign/thesis.doc", "years of work");
  const Outcome list = RunProgram(folder, {"runs"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("runs/one"));
  EXPECT_THAT(list.out, HasSubstr("85.00 % batch (n = 2)"));
  EXPECT_THAT(list.out, HasSubstr("runs/foreign"));
  const Json json = Json::parse(RunProgram(folder, {"runs", "--json"}).out);
  EXPECT_EQ(json["runs"][0]["best"]["test_accuracy"], 85);
  EXPECT_EQ(json["runs"].size(), 2u);
}

TEST(Compare, TellsTwoRunsApart) {
  const TemporaryFolder folder;
  LayStudy(folder / "a", "mnist", {100, 110, 120});
  LayStudy(folder / "b", "mnist", {80, 91, 100});
  const Outcome outcome = RunProgram(folder, {"compare", "a", "b"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("batch: B beats A by 1.97 points at n = 3."));
  const Json json = Json::parse(RunProgram(folder, {"compare", "a", "b", "--json"}).out);
  EXPECT_EQ(json["models"][0]["verdict"], "second beats first");
}

// Every command's name, as a folder's.
TEST(Compare, AFolderMayBeCalledLikeACommand) {
  const TemporaryFolder folder;
  LayStudy(folder / "a", "mnist", {100, 110, 120});
  for (const char* name : {"run", "summary", "explain", "data", "evaluate", "predict", "export",
                           "report", "serve", "bench", "runs", "compare", "recipes"}) {
    LayStudy(folder / name, "mnist", {80, 91, 100});
    const Outcome outcome = RunProgram(folder, {"compare", "a", name});
    EXPECT_EQ(outcome.code, 0) << name << ": " << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("B beats A")) << name;
  }
}

TEST(Compare, RefusesWhatCannotBeCompared) {
  const TemporaryFolder folder;
  LayStudy(folder / "a", "mnist", {100});
  LayStudy(folder / "b", "fashion-mnist", {80});
  fs::create_directories(folder / "empty");
  ExpectRefused(RunProgram(folder, {"compare"}), 2, "folders");
  ExpectRefused(RunProgram(folder, {"compare", "a"}), 2, "expected two run folders, found 1");
  ExpectRefused(RunProgram(folder, {"compare", "a", "b", "c"}), 2, "two by two");
  ExpectRefused(RunProgram(folder, {"compare", "a", "./a"}), 2, "the same folder");
  ExpectRefused(RunProgram(folder, {"compare", "a", "b"}), 2, "mnist and on fashion-mnist");
  ExpectRefused(RunProgram(folder, {"compare", "a", "empty"}), 3, "empty/study.json");
  ExpectRefused(RunProgram(folder, {"compare", "absent", "a"}), 3, "absent/study.json");
}

}  // namespace
}  // namespace normlab
