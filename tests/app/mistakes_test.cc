// What a user can get wrong on the command line: the exit code, and that the one line names it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

TEST(Mistakes, EachHasItsExitCodeAndOneLineThatNamesIt) {
  struct Mistake {
    std::vector<std::string> arguments;
    int code;
    std::string named;
  };
  const TemporaryFolder folder;
  WriteFile(folder / "file", "");
  WriteFile(folder / "broken.toml", "epochs = = 3\n");
  fs::create_directory(folder / "foreign");
  WriteFile(folder / "foreign/thesis.doc", "years of work");
  fs::create_directory(folder / "empty");
  fs::create_directory(folder / "run-folder");
  WriteFile(folder / "run-folder/recipe.toml", "");
  for (const Mistake& mistake : std::vector<Mistake>{
           {{"run", "fashon"}, 2, "'fashion'"},
           {{"run", "missing.toml"}, 2, "missing.toml"},
           {{"run", "broken.toml"}, 2, "broken.toml, line 1"},
           {{"run", "--set", "epocs=3"}, 2, "'epochs'"},
           {{"run", "--set", "epochs"}, 2, "key=value"},
           {{"run", "--epochs", "0"}, 2, "epochs = 0"},
           {{"run", "--epochs", "nan"}, 2, "epochs = nan"},
           {{"run", "--epochs=-3"}, 2, "epochs = -3"},
           {{"run", "--seeds", "0"}, 2, "--seeds"},
           {{"run", "--threads", "1e9"}, 2, "threads = 1e9"},
           {{"run", "--jobs", "0"}, 2, "jobs = 0"},
           {{"run", "--jobs=-2"}, 2, "jobs = -2"},
           {{"run", "--jobs", "two"}, 2, "jobs = two"},
           {{"run", "--jobs", "1.5"}, 2, "jobs = 1.5"},
           {{"run", "--jobs", "100000"}, 2, "jobs = 100000"},
           {{"run", "--set", "jobs="}, 2, "jobs = (nothing)"},
           {{"run", "--norms", "batch,lyer"}, 2, "layer"},
           {{"run", "--engine", "gpu"}, 2, "engine = gpu"},
           {{"run", "--simd", "mmx"}, 2, "simd = mmx"},
           {{"run", "--init", "no.safetensors"}, 3, "no.safetensors"},
           {{"run", "--init", "file"}, 3, "an empty file"},
           {{"run", "--set", "groups=3", "--norms", "group"}, 2, "C1"},
           {{"run", "--set", "model=C8 Z"}, 2, "Z"},
           {{"run", "--progress", "loud"}, 2, "progress"},
           {{"run", "--nonsense"}, 2, "run has no flag --nonsense (see normlab run --help)"},
           {{"run", "--epoch", "1"}, 2, "--epoch; the nearest is '--epochs'"},
           {{"run", "--norms", ""}, 2, "--norms: expected a value"},
           {{"run", "--out", ""}, 2, "--out: expected a value"},
           {{"serve", ""}, 2, "folder: expected a value"},
           {{"run", "mnist", "extra"}, 2, "found 'extra'"},
           {{"run", "run-folder"}, 2, "normlab run run-folder/recipe.toml"},
           {{"run", "./empty"}, 2, "found the folder ./empty"},
           {{"run", "--set", "learning_rate=1"}, 2, "it is called lr here"},
           {{"run", "--set", "weight_decay=1"}, 2, "is called l2 here"},
           {{"run", "--set", "zzzzzz=1"}, 2, "--keys lists them"},
           {{"run", "--set", "schedule.verbose=true"}, 2, "no schedule has such"},
           {{"run", "--set", "schedule.gamma=true"}, 2, "expected a number"},
           {{"walk"}, 2, "no command 'walk'"},
           {{"raport"}, 2, "the nearest is 'report'"},
           {{}, 2, "--help"},
           {{"run", "--out", "file/below"}, 1, "file/below"},
           {{"run", "--out", "file"}, 1, "file"},
           {{"run", "--out", "foreign"}, 2, "thesis.doc"},
           {{"run", "--data-dir", "empty"}, 3, "empty"}}) {
    const Outcome outcome = RunProgram(folder, mistake.arguments);
    const std::string line = outcome.err;
    EXPECT_EQ(outcome.code, mistake.code) << mistake.named << ": " << line;
    EXPECT_EQ(outcome.out, "") << mistake.named;
    EXPECT_EQ(std::ranges::count(line, '\n'), 1) << line;
    EXPECT_THAT(line, ::testing::StartsWith("normlab: "));
    EXPECT_THAT(line, HasSubstr(mistake.named));
  }
  EXPECT_FALSE(fs::exists(folder / "runs")) << "nothing is left of what was refused";
  EXPECT_EQ(ReadFile(folder / "foreign/thesis.doc"), "years of work");
}

TEST(Mistakes, AFolderOfAnotherConfigurationIsRefused) {
  const TemporaryFolder folder;
  const std::vector<std::string> common = {
      "run",   "--norms",  "layer", "--set",       "model=C2v P P GAP c10!",
      "--set", "groups=1", "--set", "max_steps=1", "--epochs",
      "1",     "--out",    "r"};
  const Outcome first = RunProgram(folder, common);
  ASSERT_EQ(first.code, 0) << first.err;
  const std::string before = ReadFile(folder / "r/study.json");
  auto other = common;
  other.insert(other.end(), {"--set", "lr=0.01"});
  const Outcome refused = RunProgram(folder, other);
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("another configuration"), HasSubstr("lr = "),
                                 HasSubstr("0.01 here"), Not(HasSubstr("epochs = "))));
  EXPECT_EQ(ReadFile(folder / "r/study.json"), before);
}

TEST(Mistakes, WhatSystemsLeaveInAFolderDoesNotMakeItAnothers) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "r/lost+found");
  for (const char* name : {".DS_Store", ".gitkeep", "Thumbs.db"}) {
    WriteFile(folder / ("r/" + std::string(name)), "");
  }
  const Outcome outcome =
      RunProgram(folder, {"run", "--norms", "layer", "--set", "model=C2v P P GAP c10!", "--set",
                          "groups=1", "--set", "max_steps=1", "--epochs", "1", "--out", "r"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
}

// Trained all the same, with a word.
TEST(Mistakes, DoubtsAreSaidBeforeATraining) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunProgram(folder, {"run", "--norms", "instance", "--set", "model=C4 P C8 GAP c10!", "--set",
                          "schedule=multistep", "--set", "schedule.milestones=30 60", "--dry-run"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("warning: schedule multistep: the learning rate is to fall after "
                              "epoch 30, 60, which never comes"),
                    HasSubstr("warning: instance: ")));
}

TEST(Mistakes, ARecipeMayComeFromStandardInput) {
  const TemporaryFolder folder;
  WriteFile(folder / "mine.toml", "epochs = 3\n");
  const std::string command = std::string(NORMLAB_BINARY) + " run - --dry-run < " +
                              (folder / "mine.toml") + " > " + (folder / "out") + " 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(ReadFile(folder / "out"),
              AllOf(HasSubstr("recipe = \"stdin\""), HasSubstr("epochs = 3 ")));
}

TEST(Mistakes, HelpAndVersionAreNone) {
  const TemporaryFolder folder;
  const Outcome help = RunProgram(folder, {"run", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("--dry-run"));
  const Outcome version = RunProgram(folder, {"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, ::testing::StartsWith("normlab "));
  EXPECT_THAT(version.out, HasSubstr("scalar"));
}

TEST(Environment, SetsKeysBelowFlags) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunProgram(folder, {"run", "--dry-run", "--epochs", "2", "--norms", "layer"},
                 {{"NORMLAB_EPOCHS", "5"}, {"NORMLAB_BATCH_SIZE", "32"}});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, ::testing::ContainsRegex("epochs = 2 +# flag --epochs"));
  EXPECT_THAT(outcome.out,
              ::testing::ContainsRegex("batch_size = 32 +# environment NORMLAB_BATCH_SIZE"));
  const Outcome bad = RunProgram(folder, {"run"}, {{"NORMLAB_LR", "quick"}});
  EXPECT_EQ(bad.code, 2);
  EXPECT_THAT(bad.err, HasSubstr("environment NORMLAB_LR: lr = quick"));
}

}  // namespace
}  // namespace normlab
