#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/text.h"
#include "tests/app/program.h"
#include "tests/app/registered_commands.h"

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

TEST(Help, OfEveryCommandBeginsWithTwoExamplesOrMore) {
  const TemporaryFolder folder;
  const Outcome all = RunProgram(folder, {"--help"});
  EXPECT_EQ(all.code, 0);
  EXPECT_THAT(Lines(all.out), SizeIs(testing::Gt(4)));
  const std::vector<std::vector<std::string>> commands = RegisteredCommands(folder);
  ASSERT_THAT(commands, Contains(std::vector<std::string>{"data", "fetch"}));
  for (const std::vector<std::string>& words : commands) {
    std::vector<std::string> arguments = words;
    arguments.emplace_back("--help");
    const std::string command = Join(words, " ");
    const Outcome help = RunProgram(folder, arguments);
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
