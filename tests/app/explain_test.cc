// normlab explain, as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "norm/norm.h"
#include "tests/app/program.h"
#include "tests/app/shown_commands.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Outcome Explain(std::vector<std::string> arguments,
                const std::map<std::string, std::string>& variables = {}) {
  const TemporaryFolder folder;
  arguments.insert(arguments.begin(), "explain");
  return RunProgram(folder, arguments, variables);
}

TEST(Explain, PrintsEveryMethodInEveryForm) {
  for (const NormMethod& method : NormMethods()) {
    const std::string norm(method.name);
    EXPECT_THAT(Explain({norm}).out, StartsWith(std::string(method.title)));
    EXPECT_EQ(nlohmann::json::parse(Explain({norm, "--json"}).out)["norm"], norm);
    EXPECT_THAT(Explain({norm, "--markdown"}).out, StartsWith("## " + std::string(method.title)));
    EXPECT_THAT(Explain({norm, "--html"}).out, StartsWith("<!doctype html>"));
  }
}

TEST(Explain, JsonGivenBackAsValuesGivesTheSameBytes) {
  const TemporaryFolder folder;
  const std::string first = folder / "first.json";
  EXPECT_EQ(RunProgram(folder, {"explain", "batch", "--json", "--seed", "7", "--out", first}).code,
            0);
  const Outcome again = RunProgram(folder, {"explain", "batch", "--json", "--values", first});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, ReadFile(first));
}

TEST(Explain, TakesShapeGroupsModeAndSeed) {
  const auto json = nlohmann::json::parse(
      Explain({"group", "--shape", "3,6,1,5", "--groups", "3", "--mode", "eval", "--json"}).out);
  EXPECT_EQ(json["shape"], (std::vector<int>{3, 6, 1, 5}));
  EXPECT_EQ(json["groups"], 3);
  EXPECT_EQ(json["mode"], "eval");
  EXPECT_EQ(json["steps"][0]["pools"]["counts"][0][0], 10);
  EXPECT_NE(Explain({"batch", "--seed", "2"}).out, Explain({"batch"}).out);
  EXPECT_THAT(Explain({"layer", "--mode", "eval"}).out,
              HasSubstr("Evaluation is the same as training"));
}

TEST(Explain, TakesAUsersFileAndAnEquation) {
  const TemporaryFolder folder;
  WriteFile(folder / "mine.toml",
            "title = \"Mine\"\nequation = 'm = avg[M H W](x); y = (x - m) * ramp(1, 3, 0, 10)'\n");
  const auto json = nlohmann::json::parse(
      RunProgram(folder, {"explain", folder / "mine.toml", "--shape", "3,1,1,1", "--ghost", "2",
                          "--steps", "5", "--json"})
          .out);
  EXPECT_EQ(json["title"], "Mine");
  EXPECT_EQ(json["ghost"], 2);
  EXPECT_EQ(json["steps"][0]["pools"]["counts"], nlohmann::json::parse("[[2], [1]]"));
  EXPECT_EQ(json["steps"][1]["text"], "y = (x - m) * ramp(1, 3, 0, 10)");
  EXPECT_THAT(Explain({"y = tanh(alpha[] * x)"}).out, HasSubstr("dalpha = "));
  EXPECT_THAT(Explain({"--compare", "frn", "y = relu(x)", "--html"}).out,
              HasSubstr("\"beside\":\"own-"));
}

TEST(Explain, ColoursOnlyWhereTheyAreWanted) {
  const std::string escape = "\x1b[";
  EXPECT_THAT(Explain({"batch"}).out, Not(HasSubstr(escape))) << "a pipe is no terminal";
  EXPECT_THAT(Explain({"batch", "--color", "always"}).out, HasSubstr(escape));
  EXPECT_THAT(Explain({"batch"}, {{"FORCE_COLOR", "1"}, {"NO_COLOR", ""}}).out, HasSubstr(escape));
  EXPECT_THAT(Explain({"batch"}, {{"CLICOLOR_FORCE", "0"}}).out, Not(HasSubstr(escape)));
  EXPECT_THAT(Explain({"batch"}, {{"FORCE_COLOR", "1"}, {"NO_COLOR", "1"}}).out,
              Not(HasSubstr(escape)));
  for (const char* form : {"--json", "--markdown", "--html"}) {
    EXPECT_THAT(Explain({"batch", form, "--color", "always"}).out, Not(HasSubstr("\x1b")));
  }
}

TEST(Explain, ComparesTwoMethods) {
  EXPECT_THAT(Explain({"--compare", "layer", "group"}).out,
              HasSubstr("layer and group differ in 32 of 32 values of y."));
  EXPECT_THAT(Explain({"--compare", "layer", "group", "--groups", "1"}).out,
              HasSubstr("agree in all 32 values of y."));
  const auto json = nlohmann::json::parse(Explain({"--compare", "none", "rms", "--json"}).out);
  EXPECT_EQ(json["compare"], (std::vector<std::string>{"none", "rms"}));
  EXPECT_EQ(json["a"]["y"], json["a"]["inputs"]["x"]);
}

TEST(Explain, PrintsWhatThePageShows) {
  const std::string page = NORMLAB_TEST_DIR "/../docs/explain.md";
  const TemporaryFolder folder;
  WriteFile(folder / "numbers.json", FirstBlock(page, "json"));
  const std::vector<Shown> blocks = ShownCommands(page);
  ASSERT_GE(blocks.size(), 3u);
  for (const Shown& block : blocks) ExpectShown(folder, block);
}

TEST(Explain, RefusesEachMistakeWithOneLineThatNamesIt) {
  struct Mistake {
    std::vector<std::string> arguments;
    std::string named;
    int code = 2;
  };
  const TemporaryFolder folder;
  const auto file = [&](const std::string& name, const std::string& text) {
    WriteFile(folder / name, text);
    return folder / name;
  };
  const std::string good = file("good.json", R"({"x":[[[[1,2,3]]]]})");
  for (const Mistake& mistake : std::vector<Mistake>{
           {{}, "expected a normalization"},
           {{"grop"}, "the nearest is 'group'"},
           {{"batch\x1b[31m"}, "unknown normalization 'batch?"},
           {{"batch", "layer"}, "layer"},
           {{"batch", "--compare", "layer", "group"}, "found both"},
           {{"--compare", "layer"}, "--compare"},
           {{"--compare", "layer", "lyer"}, "the nearest is 'layer'"},
           {{"batch", "--shape", "2,4,2"}, "--shape 2,4,2: expected four whole numbers"},
           {{"batch", "--shape", ""}, "explain: --shape: expected a value"},
           {{"batch", "--shape", "2,0,2,2"}, "--shape 2,0,2,2"},
           {{"batch", "--shape", "2,-4,2,2"}, "--shape 2,-4,2,2"},
           {{"batch", "--shape", "2,4,2,2,1"}, "--shape 2,4,2,2,1"},
           {{"batch", "--shape", "2,4,2,2x"}, "--shape 2,4,2,2x"},
           {{"batch", "--shape", "a,b,c,d"}, "--shape a,b,c,d"},
           {{"batch", "--shape", "65537,1,1,1"}, "at most 65536"},
           {{"batch", "--shape", "65536,65536,65536,65536"}, "at most 65536"},
           {{"batch", "--shape", "99999999999999999999,1,1,1"}, "--shape 99999999999999999999"},
           {{"group", "--groups", "3"},
            "3 groups do not divide 4 channels; expected one of 1, 2, 4"},
           {{"group", "--groups", "0"}, "0 groups"},
           {{"group", "--groups", "-2"}, "-2 groups"},
           {{"group", "--groups", "two"}, "two"},
           {{"batch", "--groups", "2"}, "batch has no groups"},
           {{"batch", "--ghost", "2"}, "batch has no ghost batches"},
           {{"ghost-batch", "--ghost", "0"}, "--ghost"},
           {{"y = sqrt(x"}, "norm"},
           {{"./missing.toml"}, "missing.toml"},
           {{"batch", "--groups", "3", "--html"}, "3 groups do not divide"},
           {{"instance", "--shape", "2,3,1,1"},
            "instance: on 2x3x1x1 v = var[H W](x) would be over one value"},
           {{"batch", "--shape", "1,3,1,1"}, "over one value"},
           {{"layer-channels", "--shape", "2,1,3,3"}, "over one value"},
           {{"batch", "--mode", "test"}, "test"},
           {{"batch", "--color", "red"}, "red"},
           {{"batch", "--seed", "-1"}, "--seed"},
           {{"batch", "--json", "--html"}, "--html"},
           {{"batch", "--html", "--shape", "4,8,8,8"}, "at most 256 values, found 2048 (4x8x8x8)"},
           {{"batch", "--values", good, "--shape", "1,1,1,3"}, "--shape"},
           {{"group", "--values", good, "--groups", "2"}, "2 groups do not divide 1 channels"},
           {{"batch", "--nonsense"}, "--nonsense"},
           {{"batch", "--values", file("huge.json", R"({"x":[[[[1e200,-1e200]]]]})")},
            "smaller values"},
           {{"batch", "--values", ""}, "--values: expected a value"},
           {{"batch", "--values", "missing.json"}, "missing.json: No such file", 3},
           {{"batch", "--values", folder.path()}, "found a folder", 3},
           {{"batch", "--values", "/dev/zero"}, "it is a device, not a regular file", 3},
           {{"batch", "--values", file("nan.json", R"({"x":[[[[1,NaN]]]]})")}, "x[0][0][0][1]", 3},
           {{"batch", "--values", file("ragged.json", R"({"x":[[[[1,2],[3]]]]})")},
            "x[0][0][1]",
            3},
           {{"batch", "--values", file("text.json", "1 2 3\n4 5 6\n")}, "text.json:1:3", 3},
           {{"none", "--values", file("beta.json", R"({"x":[[[[1,2]]]],"beta":[1]})")},
            "'beta', none has no such value",
            3},
           {{"batch", "--out", "/nonexistent/x"}, "/nonexistent/x", 1}}) {
    std::vector<std::string> arguments = {"explain"};
    arguments.insert(arguments.end(), mistake.arguments.begin(), mistake.arguments.end());
    const Outcome outcome = RunProgram(folder, arguments);
    EXPECT_EQ(outcome.code, mistake.code) << mistake.named << ": " << outcome.err;
    EXPECT_EQ(outcome.out, "") << mistake.named;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_THAT(outcome.err, StartsWith("normlab: "));
    EXPECT_THAT(outcome.err, HasSubstr(mistake.named));
    EXPECT_THAT(outcome.err, Not(HasSubstr("\x1b")));
  }
}

}  // namespace
}  // namespace normlab
