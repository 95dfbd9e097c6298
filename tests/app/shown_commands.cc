#include "tests/app/shown_commands.h"

#include <gtest/gtest.h>

#include <iomanip>
#include <sstream>

namespace normlab {
namespace {

constexpr const char* kLeftOut = "[...]";

std::vector<std::string> Words(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; stream >> std::quoted(word);) words.push_back(word);
  return words;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::vector<Shown> ShownCommands(const std::string& page) {
  std::vector<Shown> blocks;
  bool inside = false;
  for (const std::string& line : ReadLines(page)) {
    if (line.starts_with("$ normlab ")) {
      blocks.push_back({Words(line.substr(10)), {}});
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      blocks.back().output.push_back(line);
    }
  }
  return blocks;
}

void ExpectShown(const TemporaryFolder& folder, const Shown& shown) {
  SCOPED_TRACE(testing::PrintToString(shown.arguments));
  const Outcome outcome = RunProgram(folder, shown.arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  std::vector<std::string> lines = Lines(outcome.out), expected = shown.output;
  ASSERT_FALSE(expected.empty());
  const bool without_end = expected.back() == kLeftOut,
             without_start = expected.front() == kLeftOut;
  if (without_end) expected.pop_back();
  if (without_start) expected.erase(expected.begin());
  ASSERT_GE(lines.size(), expected.size());
  const auto left_out = static_cast<std::ptrdiff_t>(lines.size() - expected.size());
  if (without_end) {
    lines.resize(expected.size());
  } else if (without_start) {
    lines.erase(lines.begin(), lines.begin() + left_out);
  }
  EXPECT_EQ(lines, expected);
}

std::string FirstBlock(const std::string& page, const std::string& language) {
  std::string text;
  bool inside = false;
  for (const std::string& line : ReadLines(page)) {
    if (inside && line == "```") return text;
    if (inside) text += line + "\n";
    inside |= line == "```" + language;
  }
  ADD_FAILURE() << page << " has no block of " << language;
  return text;
}

}  // namespace normlab
