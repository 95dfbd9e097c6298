#include "report/run_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "random_run.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace fs = std::filesystem;
using Json = nlohmann::json;

Dataset Photos() { return RandomDataset(1, {1, 8, 8}, {"cat", "dog"}); }

// Laid down below `folder`; the last test accuracies are those given, seed by seed.
RunRecord Lay(const TemporaryFolder& folder, const std::string& name, const std::string& started,
              const std::vector<std::pair<std::string, double>>& arms) {
  const Dataset dataset = Photos();
  std::vector<ArmRecord> records;
  for (const auto& [label, accuracy] : arms) {
    records.push_back(RandomArm(records.size() + 1, label, dataset, 5, 3));
    records.back().metrics.back().test_accuracy = accuracy;
  }
  RunRecord run = RandomRun(folder.path() + "/" + name, dataset, std::move(records));
  run.started = started;
  run.recipe_text += "epochs = 5  # recipe\n";
  fs::create_directories(run.path);
  LayDown(run);
  WriteFile(run.path + "/DONE", "now\n");
  return run;
}

TEST(RunList, ShowsTheNewestFirstWithItsBestModel) {
  const TemporaryFolder folder;
  Lay(folder, "old", "2026-01-02T03:04:05Z", {{"batch", 90}, {"layer", 91}, {"batch", 94}});
  Lay(folder, "new", "2026-11-02T03:04:05Z", {{"batch", 50}});
  const std::vector<RunLine> lines = ListRuns(folder.path());
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].folder, folder.path() + "/new");
  EXPECT_EQ(lines[1].best_model, "batch");
  EXPECT_EQ(lines[1].best_accuracy.n, 2);
  EXPECT_DOUBLE_EQ(lines[1].best_accuracy.mean, 92);
  EXPECT_EQ(lines[1].planned_epochs, 5);
  EXPECT_THAT(StateText(lines[1]), StartsWith("finished"));
  const std::string table = RunTable(lines);
  EXPECT_THAT(table, HasSubstr("92.00 % batch (n = 2)"));
  EXPECT_THAT(table, HasSubstr("2026-11-02 03:04"));
  EXPECT_EQ(ListRuns(folder.path() + "/old").size(), 1u) << "a run folder is a list of itself";
}

TEST(RunList, SaysHowFarARunIs) {
  const TemporaryFolder folder;
  RunRecord run = Lay(folder, "run", "", {{"batch", 90}, {"layer", 91}, {"group", 92}});
  run.arms[1].state = "interrupted";
  run.arms[1].metrics.resize(2);
  run.arms[1].best_epoch = 1;
  run.arms[2].state = "diverged";
  LayDown(run);
  fs::remove(run.path + "/DONE");
  const RunLine line = ListRuns(run.path).at(0);
  EXPECT_THAT(StateText(line), StartsWith("unfinished: 2 of 3 trainings ended; 1 diverged"));
  EXPECT_EQ(line.first_epochs, 2);
  EXPECT_EQ(line.last_epochs, 5);
  EXPECT_THAT(RunTable({line}), HasSubstr("2-5 of 5"));
  EXPECT_THAT(RunTable({line}), HasSubstr("1 of 3"));
}

TEST(RunList, ShowsTheRestWhereFoldersAreBroken) {
  const TemporaryFolder folder;
  Lay(folder, "good", "2026-01-02T03:04:05Z", {{"batch", 90}});
  const auto spoil = [&](const std::string& name, const std::string& index) {
    fs::create_directories(folder.path() + "/" + name);
    WriteFile(folder.path() + "/" + name + "/study.json", index);
  };
  spoil("cut", R"({"schema": 1, "recipe": "mnist", "arms": [)");
  spoil("later", R"({"schema": 99})");
  spoil("deep", std::string(100000, '['));
  spoil("empty-index", "");
  spoil("bytes", "\xff\xfe\x00\x01");
  fs::create_directories(folder.path() + "/foreign");
  WriteFile(folder.path() + "/foreign/thesis.doc", "years of work");
  fs::create_directories(folder.path() + "/index-is-a-folder/study.json");
  fs::create_directories(folder.path() + "/.hidden");
  fs::create_symlink("nowhere", folder.path() + "/dangling");
  fs::create_symlink("..", folder.path() + "/up");
  WriteFile(folder.path() + "/a-file", "");
  const std::string strange = folder.path() + "/line\nbreak\x1b[31m";
  fs::create_directories(strange);
  WriteFile(strange + "/file", "");
  const std::vector<RunLine> lines = ListRuns(folder.path());
  ASSERT_EQ(lines.size(), 10u);
  EXPECT_EQ(lines[0].problem, "") << "what has a date comes first";
  std::map<std::string, std::string> problems;
  for (const RunLine& line : lines) {
    problems[fs::path(line.folder).filename().string()] = StateText(line);
  }
  EXPECT_THAT(problems["cut"], StartsWith("broken: study.json:1: expected JSON"));
  EXPECT_THAT(problems["later"], StartsWith("broken: study.json: schema: expected 1"));
  EXPECT_THAT(problems["foreign"], HasSubstr("no study.json"));
  for (const auto& [name, state] : problems) {
    EXPECT_EQ(state.starts_with("broken: "), name != "good") << name << ": " << state;
  }
  const std::string table = RunTable(lines);
  EXPECT_EQ(std::ranges::count(table, '\n'), 11);
  EXPECT_EQ(table.find('\x1b'), std::string::npos);
  const Json json = Json::parse(RunsJson(folder.path(), lines));
  EXPECT_EQ(json["runs"].size(), 10u);
  EXPECT_EQ(json["runs"][0]["best"]["test_accuracy"], 90);
  EXPECT_FALSE(json["runs"][1]["problem"].is_null());
}

TEST(RunList, NamesTheFilesThatAreMissing) {
  RunLine line;
  line.arms = line.finished = 1;
  line.done = true;
  EXPECT_EQ(StateText(line), "finished");
  line.missing = {"a.csv is missing in one, two", "b.csv is missing", "c.csv:1: broken",
                  "d: broken"};
  EXPECT_EQ(StateText(line), "finished; without a.csv, b.csv; c.csv:1: broken and 1 more");
}

TEST(RunList, RefusesWhatIsNoFolder) {
  const TemporaryFolder folder;
  WriteFile(folder.path() + "/file", "");
  EXPECT_THROW(ListRuns(folder.path() + "/absent"), DataError);
  EXPECT_THROW(ListRuns(folder.path() + "/file"), DataError);
  EXPECT_TRUE(ListRuns(folder.path()).empty());
  std::filesystem::create_directory(folder.path() + "/nothing-in-it");
  EXPECT_TRUE(ListRuns(folder.path()).empty());
}

}  // namespace
}  // namespace normlab
