// A leading ~ in everything that takes a path: flags, arguments, keys, data sets' names, variables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "app/path_options.h"
#include "base/file.h"
#include "config/keys.h"
#include "tests/app/program.h"
#include "tests/app/small_idx.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::string Help(const TemporaryFolder& folder, std::vector<std::string> command) {
  command.emplace_back("--help");
  return RunProgram(folder, command).out;
}

// The first words of the lines below a heading that --help indents by two.
std::vector<std::string> Entries(const std::string& help, const std::string& heading) {
  std::vector<std::string> entries;
  std::istringstream lines(help);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  ")) inside = line.starts_with(heading);
    if (!inside || !line.starts_with("  ") || line.starts_with("   ")) continue;
    std::istringstream words(line);
    std::string word;
    words >> word;
    entries.push_back(word.substr(word.rfind(',') + 1));
  }
  return entries;
}

// One that is new must be put into one of the two lists.
TEST(HomePaths, EveryOptionIsKnownToBeAPathOrNone) {
  const std::set<std::string> others = {
      "--help",    "--version",  "--set",       "--epochs",     "--norms",      "--seeds",
      "--jobs",    "--threads",  "--engine",    "--simd",       "--log-steps",  "--progress",
      "--dry-run", "--yes",      "--keys",      "--json",       "--markdown",   "--html",
      "--ascii",   "--plan",     "--norm",      "--dataset",    "--batch",      "--groups",
      "--order",   "--dropout",  "--optimizer", "--shape",      "--seed",       "--mode",
      "--color",   "--compare",  "--data",      "--split",      "--reestimate", "--best",
      "--top",     "--notebook", "--port",      "--host",       "--rounds",     "--bandwidth-mib",
      "--model",   "--mirror",   "--timeout",   "--count",      "--augment",    "norm",
      "model",     "datasets",   "--class",     "--duplicates", "--program",    "--ghost",
      "--steps",   "--weights",  "--tta",       "--device",     "--list",       "--together"};
  const TemporaryFolder folder;
  std::vector<std::vector<std::string>> commands;
  for (const std::string& name : Entries(Help(folder, {}), "Subcommands:")) {
    commands.push_back({name});
  }
  ASSERT_GE(commands.size(), 13u);
  for (const std::string& name : Entries(Help(folder, {"data"}), "Subcommands:")) {
    commands.push_back({"data", name});
  }
  int paths = 0;
  for (const auto& command : commands) {
    const std::string help = Help(folder, command);
    for (const char* heading : {"Positionals:", "Options:"}) {
      for (const std::string& option : Entries(help, heading)) {
        const bool path = std::ranges::count(PathOptions(), option) > 0;
        paths += path;
        EXPECT_TRUE(path || others.contains(option)) << command.back() << " " << option;
      }
    }
  }
  EXPECT_GT(paths, 20);
}

class HomeTest : public ::testing::Test {
 protected:
  HomeTest() {
    fs::create_directories(folder_ / "home");
    WriteSmallIdx(folder_ / "home/set");
  }

  Outcome Run(const std::vector<std::string>& arguments,
              std::map<std::string, std::string> more = {}) const {
    more.insert({{"HOME", folder_ / "home"}, {"PATH", "/nowhere"}});
    return RunProgram(folder_, arguments, more);
  }

  std::vector<std::string> Train(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = SmallRun({"--epochs", "1"});
    std::ranges::replace(arguments, std::string("dataset=idx:set"),
                         std::string("dataset=idx:~/set"));
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  void ExpectDone(const Outcome& outcome) const { EXPECT_EQ(outcome.code, 0) << outcome.err; }

  const TemporaryFolder folder_;
};

TEST_F(HomeTest, EveryCommandReadsAndWritesThere) {
  const std::string home = folder_ / "home/";
  ExpectDone(Run(Train({"--out=~/run"})));
  WriteFile(home + "values.json", R"({"x": [[[[1, 2, 3, 4]]]]})");
  const std::string weights = "~/run/batch-seed1/last.safetensors";
  ExpectDone(Run(Train({"--out=~/init", "--init=" + weights})));
  ExpectDone(Run(Train({"--out=~/key", "--set", "init=" + weights})));
  ExpectDone(Run(Train({"--out=~/variable"}), {{"NORMLAB_INIT", weights}}));
  ExpectDone(Run({"run", "~/run/recipe.toml", "--out=~/again"}));
  ExpectDone(Run({"recipes", "~/run/recipe.toml"}));
  WriteFile(home + "mine.toml", "equation = 'y = x'\n");
  ExpectDone(Run({"norms", "~/mine.toml"}));
  ExpectDone(Run({"summary", "C2 GAP c10!", "--norm=batch,~/mine.toml"}));
  ExpectDone(Run({"report", "~/run", "~/init", "--out=~/both"}));
  ExpectDone(Run({"runs", "~/run"}));
  ExpectDone(Run({"compare", "~/run", "~/again"}));
  ExpectDone(Run({"evaluate", "~/run/batch-seed1", "--predictions=~/p.safetensors", "--data",
                  "idx:~/set", "--data-dir=~"}));
  ExpectDone(Run({"export", weights, "--pytorch=~/exported"}));
  ExpectDone(Run({"explain", "layer", "--values=~/values.json", "--out=~/explained.txt"}));
  ExpectDone(Run({"data", "samples", "idx:~/set", "--out=~/samples"}, {{"PATH", "/usr/bin:/bin"}}));
  for (const char* made : {"both/README.md", "p.safetensors", "exported/model.py", "explained.txt",
                           "samples", "key/DONE", "variable/DONE", "again/DONE"}) {
    EXPECT_TRUE(fs::exists(home + made)) << made;
  }
  EXPECT_FALSE(fs::exists(folder_ / "~"));
  EXPECT_THAT(Run({"predict", weights, "~/none.png"}).err, HasSubstr("home/none.png"));
  EXPECT_THAT(Run({"data", "where", "mnist"}, {{"NORMLAB_DATA", "~/data"}}).out,
              HasSubstr("home/data"));
  EXPECT_THAT(Run({"data", "where", "mnist", "--data-dir=~/data"}).out, HasSubstr("home/data"));
}

TEST_F(HomeTest, ARecipeMaySayIt) {
  ExpectDone(Run(Train({"--out=first"})));
  WriteFile(folder_ / "r.toml",
            "dataset = \"idx:~/set\"\nmodel = \"C2 GAP c2!\"\nepochs = 1\nbatch_size = 20\n"
            "init = \"~/../first/batch-seed1/last.safetensors\"\n");
  ExpectDone(Run({"run", "r.toml", "--out=second"}));
  EXPECT_THAT(ReadFile(folder_ / "second/recipe.toml"),
              HasSubstr("init = \"" + (folder_ / "first/batch-seed1")));
}

TEST_F(HomeTest, OfAnotherUserOrOfNobody) {
  const Outcome nobody = Run({"runs", "~no-such-user-here/x"});
  EXPECT_EQ(nobody.code, 2);
  EXPECT_THAT(nobody.err, HasSubstr("there is no user no-such-user-here"));
  fs::create_directories(folder_ / "~literal");
  EXPECT_NE(Run({"runs", "~literal"}).code, 2);
  EXPECT_THAT(Run({"runs", "~root/normlab-none"}).err, HasSubstr("/root/normlab-none"));
  // Without HOME it is the home that the system's list of users has.
  EXPECT_THAT(Run({"runs", "~/normlab-none"}, {{"HOME", ""}}).err,
              ::testing::Not(HasSubstr("~/normlab-none")));
}

}  // namespace
}  // namespace normlab
