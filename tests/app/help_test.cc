#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::Contains;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The words below "Subcommands:".
std::vector<std::string> CommandsOf(const std::string& help) {
  std::vector<std::string> commands;
  bool below = false;
  for (const std::string& line : Lines(help)) {
    if (below && line.starts_with("  ") && !line.starts_with("   ")) {
      commands.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    below |= line == "Subcommands:";
  }
  return commands;
}

TEST(Help, OfEveryCommandBeginsWithTwoExamplesOrMore) {
  const TemporaryFolder folder;
  const Outcome all = RunProgram(folder, {"--help"});
  EXPECT_EQ(all.code, 0);
  EXPECT_THAT(Lines(all.out), SizeIs(testing::Gt(4)));
  const std::vector<std::string> commands = CommandsOf(all.out);
  ASSERT_THAT(commands, Contains("run"));
  for (const std::string& command : commands) {
    const Outcome help = RunProgram(folder, {command, "--help"});
    EXPECT_EQ(help.code, 0) << command;
    const std::vector<std::string> lines = Lines(help.out);
    ASSERT_GE(lines.size(), 4u) << command;
    EXPECT_EQ(lines[0], "Examples:") << command;
    EXPECT_THAT(lines[1], StartsWith("  normlab " + command)) << command;
    EXPECT_THAT(lines[2], StartsWith("  normlab " + command)) << command;
  }
}

}  // namespace
}  // namespace normlab
