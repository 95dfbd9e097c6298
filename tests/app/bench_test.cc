// normlab bench, as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> Quick(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {
      "bench",     "--model", "C2v P P GAP c10!", "--dataset", "mnist",           "--batch", "16",
      "--threads", "1",       "--rounds",         "1",         "--bandwidth-mib", "1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Bench, PrintsATable) {
  const TemporaryFolder folder;
  const Outcome outcome = RunProgram(folder, Quick({"--norm", "group"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, ::testing::StartsWith("C2v P P GAP c10! on 1x28x28 images, group norm"));
  EXPECT_THAT(outcome.out, HasSubstr("C1 group norm"));
  EXPECT_EQ(outcome.out.back(), '\n');
}

TEST(Bench, PrintsJsonAndNothingElseOnStandardOutput) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunProgram(folder, Quick({"--json", "--simd", "scalar", "--dropout", "0.1"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const nlohmann::json json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["settings"]["simd"], "scalar");
  EXPECT_EQ(json["settings"]["dropout"], 0.1);
  EXPECT_EQ(json["settings"]["threads"], 1);
  EXPECT_EQ(json["warnings"].size(), std::ranges::count(outcome.err, '\n'))
      << "each warning is a line of standard error too";
}

TEST(Bench, RefusesEachMistakeWithOneLineThatNamesIt) {
  struct Mistake {
    std::vector<std::string> arguments;
    std::string named;
  };
  const TemporaryFolder folder;
  for (const Mistake& mistake :
       std::vector<Mistake>{{{"--model", "C8 Z"}, "Z"},
                            {{"--dataset", "mnst"}, "mnist"},
                            {{"--norm", "lyer"}, "layer"},
                            {{"--dropout", "1"}, "--dropout 1"},
                            {{"--dropout", "often"}, "often"},
                            {{"--batch", "0"}, "--batch"},
                            {{"--model", "C2 P P P P P c4 c10!", "--batch", "1"}, "c2"},
                            {{"--threads", "-1"}, "--threads"},
                            {{"--simd", "mmx"}, "mmx"},
                            {{"--rounds", "0"}, "--rounds"},
                            {{"--bandwidth-mib", "-1"}, "--bandwidth-mib"},
                            {{"--nonsense"}, "--nonsense"},
                            {{"extra"}, "extra"}}) {
    std::vector<std::string> arguments = {"bench"};
    arguments.insert(arguments.end(), mistake.arguments.begin(), mistake.arguments.end());
    const Outcome outcome = RunProgram(folder, arguments);
    EXPECT_EQ(outcome.code, 2) << mistake.named << ": " << outcome.err;
    EXPECT_EQ(outcome.out, "") << mistake.named;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_THAT(outcome.err, ::testing::StartsWith("normlab: "));
    EXPECT_THAT(outcome.err, HasSubstr(mistake.named));
  }
}

}  // namespace
}  // namespace normlab
