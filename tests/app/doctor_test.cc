#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::map<std::string, nlohmann::json> Checks(const TemporaryFolder& folder,
                                             const std::map<std::string, std::string>& variables) {
  const Outcome outcome = RunProgram(folder, {"doctor", "--json"}, variables);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  std::map<std::string, nlohmann::json> checks;
  const auto document = nlohmann::json::parse(outcome.out);
  for (const auto& check : document.at("checks")) checks[check.at("name")] = check;
  return checks;
}

TEST(Doctor, NamesWhatIsMissingAndWhatBringsIt) {
  const TemporaryFolder folder;
  auto checks = Checks(folder, {{"PATH", "/nowhere"}, {"TMPDIR", "/nowhere"}});
  EXPECT_EQ(checks["gnuplot"]["there"], false);
  EXPECT_EQ(checks["gnuplot"]["remedy"], "apt-get install gnuplot-nox");
  EXPECT_EQ(checks["fonts"]["there"], false);
  EXPECT_EQ(checks["temporary files"]["there"], false);
  EXPECT_THAT(checks["temporary files"]["remedy"].get<std::string>(), HasSubstr("TMPDIR"));
  EXPECT_EQ(checks["this folder"]["there"], true);
  EXPECT_TRUE(checks["this folder"]["remedy"].is_null());
  EXPECT_TRUE(checks.contains("data: mnist"));
}

TEST(Doctor, ATableForPeople) {
  const TemporaryFolder folder;
  const Outcome outcome = RunProgram(folder, {"doctor", "--data-dir", folder.path()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("instruction set"), HasSubstr("memory"),
                                 HasSubstr("normlab data fetch cifar10"), HasSubstr("missing")));
}

}  // namespace
}  // namespace normlab
