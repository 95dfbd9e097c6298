// A whole run with the built program: what it leaves, that it is found again, that a kill at any
// moment loses no bits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "tests/app/program.h"
#include "tests/app/same_bits.h"
#include "train/safetensors.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

// A network of two channels, three steps an arm: what is tested is the run, not the learning.
std::vector<std::string> Tiny(std::vector<std::string> more) {
  std::vector<std::string> arguments = {
      "run",        "fashion",     "--set",    "model=C2v P P GAP c10!",
      "--set",      "groups=1",    "--set",    "max_steps=3",
      "--set",      "dropout=0.1", "--epochs", "1",
      "--log-steps"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Run, LeavesWhatTheRunFolderPromises) {
  const TemporaryFolder folder;
  const Outcome first = RunProgram(folder, Tiny({"--out", "r"}));
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("r/README.md"));
  for (const char* name : {"recipe.toml", "environment.json", "study.json", "README.md", "DONE"}) {
    EXPECT_TRUE(fs::exists(folder / ("r/" + std::string(name)))) << name;
  }
  const auto study = nlohmann::json::parse(ReadFile(folder / "r/study.json"));
  EXPECT_EQ(study["best_on"], "validation");
  ASSERT_EQ(study["arms"].size(), 3u);
  EXPECT_EQ(study["arms"][0]["folder"], "batch-seed1");
  EXPECT_EQ(study["arms"][2]["state"], "finished");

  const std::string arm = folder / "r/layer-seed1";
  const std::vector<std::string> metrics = ReadLines(arm + "/metrics.csv");
  ASSERT_EQ(metrics.size(), 2u);
  EXPECT_EQ(metrics[0],
            "epoch,train_loss,train_accuracy,test_loss,test_accuracy,penalty,learning_rate,seconds,"
            "images_per_second,validation_loss,validation_accuracy");
  EXPECT_EQ(ReadLines(arm + "/layers.csv").size(), 3u) << "the header, C2v and c10!";
  const auto facts = nlohmann::json::parse(ReadFile(arm + "/arm.json"));
  EXPECT_EQ(facts["settings"]["norm"], "layer");
  EXPECT_EQ(facts["conditions"]["steps"], 3);
  EXPECT_EQ(facts["last"]["clean_train_images"], 10000);
  const auto beside = nlohmann::json::parse(ReadFile(folder / "r/batch-seed1/arm.json"));
  EXPECT_EQ(facts["conditions"], beside["conditions"]) << "only the normalization differs";
  const std::vector<std::string> steps = ReadLines(arm + "/steps.csv");
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(steps[0], "step,loss,learning_rate,momentum");
  const std::vector<std::string> log = ReadLines(arm + "/log.txt");
  ASSERT_GE(log.size(), 3u);
  EXPECT_EQ(log[0], "Epoch 1:");
  EXPECT_THAT(log[1], HasSubstr("| 3/3 ["));
  EXPECT_THAT(ReadFile(arm + "/log.txt"), HasSubstr("Test set: Average loss: "));
}

TEST(Run, ErrorsAreTheTestImagesThatTheLastEpochMisses) {
  const TemporaryFolder folder;
  ASSERT_EQ(RunProgram(folder, Tiny({"--norms", "layer", "--out", "r"})).code, 0);
  const std::string arm = folder / "r/layer-seed1";
  const TensorFile file = ReadTensors(arm + "/predictions.safetensors");
  const NamedTensor* labels = file.Find("labels");
  const NamedTensor* last = file.Find("last");
  ASSERT_TRUE(labels != nullptr && last != nullptr);
  EXPECT_EQ(last->shape, (std::vector<std::int64_t>{10000, 10}));
  const std::vector<double> rows = ToDoubles(*last, "last");
  std::size_t misses = 0;
  const std::vector<std::string> errors = ReadLines(arm + "/errors.csv");
  for (std::size_t i = 0; i < 10000; ++i) {
    const auto row = rows.begin() + static_cast<std::ptrdiff_t>(i * 10);
    const auto prediction = std::max_element(row, row + 10) - row;
    if (prediction == labels->bytes[i]) continue;
    ++misses;
    ASSERT_LT(misses, errors.size());
    EXPECT_THAT(errors[misses],
                ::testing::StartsWith(std::to_string(i) + "," + std::to_string(labels->bytes[i]) +
                                      "," + std::to_string(prediction) + ","));
  }
  EXPECT_EQ(errors.size(), misses + 1);
  // Accuracy of metrics.csv, in percent of 10,000 images.
  const std::vector<std::string> metrics = ReadLines(arm + "/metrics.csv");
  std::istringstream line(metrics.at(1));
  std::string cell;
  for (int i = 0; i < 5; ++i) std::getline(line, cell, ',');
  EXPECT_NEAR(std::stod(cell), 100.0 - static_cast<double>(misses) / 100.0, 1e-9);
}

TEST(Run, TheSameCommandPrintsTheTableWithoutTraining) {
  const TemporaryFolder folder;
  const Outcome first = RunProgram(folder, Tiny({"--norms", "group"}));
  ASSERT_EQ(first.code, 0) << first.err;
  ASSERT_EQ(std::distance(fs::directory_iterator(folder / "runs"), fs::directory_iterator()), 1);
  const std::string run = fs::directory_iterator(folder / "runs")->path();
  EXPECT_THAT(run, HasSubstr("/runs/fashion_"));
  const auto written = fs::last_write_time(run + "/group-seed1/metrics.csv");
  // Threads and instruction set are not part of the configuration; no data is needed either.
  const Outcome again = RunProgram(folder, Tiny({"--norms", "group", "--threads", "1", "--simd",
                                                 "scalar", "--data-dir", folder / "nowhere"}));
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, first.out);
  EXPECT_EQ(fs::last_write_time(run + "/group-seed1/metrics.csv"), written);
  // The resolved recipe is the same configuration, so the same folder.
  const Outcome resolved = RunProgram(folder, {"run", run + "/recipe.toml"});
  EXPECT_EQ(resolved.code, 0) << resolved.err;
  EXPECT_EQ(resolved.out, first.out);
}

// What another clone has of a study: its records, without weights.
TEST(Run, FinishedArmsAreKnownByTheirRecordsAlone) {
  const TemporaryFolder folder;
  ASSERT_EQ(RunProgram(folder, Tiny({"--out", "r"})).code, 0);
  std::vector<fs::path> weights;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder / "r")) {
    if (entry.path().extension() == ".safetensors") weights.push_back(entry.path());
  }
  EXPECT_GE(weights.size(), 9u);
  for (const fs::path& file : weights) fs::remove(file);
  fs::remove(folder / "r/DONE");
  fs::remove(folder / "r/group-seed1/errors.csv");
  fs::rename(folder / "r", folder / "clone");
  const std::string records = ReadFile(folder / "clone/layer-seed1/metrics.csv");
  const Outcome again = RunProgram(folder, Tiny({"--out", "clone"}));
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("batch-seed1: finished, kept"));
  EXPECT_THAT(again.err, HasSubstr("layer-seed1: finished, kept"));
  EXPECT_THAT(again.err, testing::Not(HasSubstr("group-seed1: finished, kept")));
  EXPECT_EQ(ReadFile(folder / "clone/layer-seed1/metrics.csv"), records) << "with its times";
  EXPECT_TRUE(fs::exists(folder / "clone/group-seed1/errors.csv"));
  EXPECT_TRUE(fs::exists(folder / "clone/DONE"));
}

TEST(Run, KilledAndRunAgainGivesTheSameBits) {
  const TemporaryFolder folder;
  const std::vector<std::string> common = {
      "run",      "fashion",  "--norms", "batch",       "--set", "model=C2v P P GAP c10!", "--set",
      "groups=1", "--epochs", "4",       "--log-steps", "--set", "optimizer=adam"};
  auto arguments = common;
  arguments.insert(arguments.end(), {"--out", "whole"});
  ASSERT_EQ(RunProgram(folder, arguments).code, 0);

  arguments = common;
  arguments.insert(arguments.end(), {"--out", "killed"});
  const std::string metrics = folder / "killed/batch-seed1/metrics.csv";
  {
    Program program(folder, arguments);
    while (program.Running() && !(fs::exists(metrics) && ReadLines(metrics).size() >= 3)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_TRUE(program.Running());
    program.Signal(SIGKILL);
    EXPECT_EQ(program.Wait().code, 128 + SIGKILL);
  }
  EXPECT_FALSE(fs::exists(folder / "killed/DONE"));
  const Outcome resumed = RunProgram(folder, arguments);
  ASSERT_EQ(resumed.code, 0) << resumed.err;
  ExpectSameBits(folder / "whole/batch-seed1", folder / "killed/batch-seed1");
}

TEST(Run, AnInterruptIsANicePause) {
  const TemporaryFolder folder;
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string out = signal == SIGINT ? "int" : "term";
    const std::vector<std::string> arguments = {
        "run",   "fashion",  "--norms",  "layer", "--set", "model=C2v P P GAP c10!",
        "--set", "groups=1", "--epochs", "500",   "--out", out};
    Program program(folder, arguments);
    const std::string metrics = folder / (out + "/layer-seed1/metrics.csv");
    while (program.Running() && !fs::exists(metrics)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    program.Signal(signal);
    const Outcome outcome = program.Wait();
    EXPECT_EQ(outcome.code, 128 + signal) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("the same command goes on"));
    const auto study = nlohmann::json::parse(ReadFile(folder / (out + "/study.json")));
    EXPECT_EQ(study["arms"][0]["state"], "interrupted");
  }
}

TEST(Run, ADivergedArmStopsAloneAndIsNamed) {
  const TemporaryFolder folder;
  const std::string recipe = folder / "diverge.toml";
  WriteFile(
      recipe,
      "dataset = \"fashion-mnist\"\nmodel = \"C2v P P GAP c10!\"\nepochs = 1\nmax_steps = 60\n"
      "groups = 1\n[[run]]\nnorm = \"none\"\nlr = 1000\nmomentum = 0.99\nl2 = 100\n"
      "[[run]]\nnorm = \"layer\"\n");
  const Outcome outcome = RunProgram(folder, {"run", recipe, "--out", "r", "--log-steps"});
  EXPECT_EQ(outcome.code, 1) << outcome.out << outcome.err;
  const auto study = nlohmann::json::parse(ReadFile(folder / "r/study.json"));
  EXPECT_EQ(study["arms"][0]["state"], "diverged");
  EXPECT_THAT(study["arms"][0]["message"].get<std::string>(), HasSubstr("at step "));
  EXPECT_EQ(study["arms"][1]["state"], "finished");
  const std::string steps =
      ReadFile(folder / "r/none-lr_1000-momentum_0.99-l2_100-seed1/steps.csv");
  EXPECT_THAT(steps, ::testing::StartsWith("step,loss,learning_rate,momentum\n1,"));
  EXPECT_EQ(RunProgram(folder, {"run", recipe, "--out", "r", "--log-steps"}).code,
            1);  // found again
}

TEST(Run, DryRunPrintsARecipeAndTouchesNothing) {
  const TemporaryFolder folder;
  const Outcome outcome = RunProgram(folder, Tiny({"--dry-run", "--seeds", "2"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("# estimated time: "));
  EXPECT_THAT(outcome.out, HasSubstr("#   group-seed2"));
  EXPECT_FALSE(fs::exists(folder / "runs"));
  WriteFile(folder / "printed.toml", outcome.out);
  EXPECT_EQ(RunProgram(folder, {"run", "./printed.toml", "--dry-run"}).code, 0);
}

}  // namespace
}  // namespace normlab
