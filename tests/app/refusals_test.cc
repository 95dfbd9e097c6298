// Whatever a user gives wrong is answered by one line: what, where, expected, found, what to do;
// and by no library's words.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>

#include "base/file.h"
#include "base/text.h"
#include "tests/app/program.h"
#include "tests/app/refusals.h"
#include "tests/app/small_idx.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

// What libraries and the language say of themselves.
constexpr std::string_view kRawTexts[] = {"json.exception",
                                          "parse error at",
                                          "syntax error",
                                          "Error while parsing",
                                          "could not determine",
                                          "TOML_",
                                          "toml::",
                                          "CLI::",
                                          "filesystem error",
                                          "basic_",
                                          "std::",
                                          "terminate",
                                          "what()",
                                          "bad_alloc",
                                          "vector::",
                                          "stoi",
                                          "stod",
                                          "errno",
                                          "Resource temporarily",
                                          "not in range",
                                          "required TEXT",
                                          "required INT",
                                          "is required",
                                          "Could not convert",
                                          "At least",
                                          "At Most",
                                          "excludes",
                                          "not in {",
                                          "Value ",
                                          "an error that normlab does not expect",
                                          "assert",
                                          "nullptr"};

std::string RawTextIn(std::string_view line) {
  for (const std::string_view raw : kRawTexts) {
    if (line.find(raw) != std::string_view::npos) return std::string(raw);
  }
  return "";
}

// Warnings stand on lines of their own, before.
std::string WithoutWarnings(const std::string& text) {
  std::string rest;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
    const std::string line = text.substr(start, end - start);
    if (!line.starts_with("normlab: warning: ")) rest += line;
    start = end;
  }
  return rest;
}

class Refusals : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    trained_ = new TemporaryFolder;
    WriteSmallIdx(*trained_ / "set");
    std::vector<std::string> run = SmallRun({"--epochs", "1", "--out", "r", "--progress", "none"});
    std::ranges::replace(run, "batch", "batch,layer");
    const Outcome outcome = RunProgram(*trained_, run);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    fs::remove_all(*trained_ / "r/figures");
    fs::copy(*trained_ / "r", *trained_ / "other", fs::copy_options::recursive);
  }
  static void TearDownTestSuite() {
    delete trained_;
    trained_ = nullptr;
  }

  static void Try(const Refusal& row) {
    const TemporaryFolder folder;
    fs::copy(*trained_ / "set", folder / "set");
    if (row.in_run) {
      fs::copy(*trained_ / "r", folder / "r", fs::copy_options::recursive);
      fs::copy(*trained_ / "other", folder / "other", fs::copy_options::recursive);
    }
    for (const auto& [name, bytes] : row.files) {
      fs::create_directories(fs::path(folder / name).parent_path());
      WriteFile(folder / name, bytes);
    }
    const Outcome outcome = RunProgram(folder, row.arguments, {}, {.closed_in = true});
    Check(row, WithoutPath(outcome, folder.path()));
  }

  // Its name is drawn, and may hold any word.
  static Outcome WithoutPath(Outcome outcome, const std::string& path) {
    for (std::size_t at = 0; (at = outcome.err.find(path, at)) != std::string::npos;) {
      outcome.err.replace(at, path.size(), "FOLDER");
    }
    return outcome;
  }

  static void Check(const Refusal& row, const Outcome& outcome) {
    const std::string command = Join(row.arguments, " "), line = WithoutWarnings(outcome.err);
    SCOPED_TRACE(fmt::format("normlab {}\n{}", command.substr(0, 200), line));
    ASSERT_EQ(outcome.code, row.code);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::ranges::count(line, '\n'), 1) << "one line";
    EXPECT_TRUE(line.starts_with("normlab: "));
    EXPECT_LT(line.size(), 1200U) << "a line that is read";
    EXPECT_EQ(RawTextIn(line), "");
    EXPECT_FALSE(row.where.empty() || row.advice.empty()) << "a row says where and what to do";
    for (const std::string& part : {row.where, row.expected, row.found, row.advice}) {
      EXPECT_NE(line.find(part), std::string::npos) << "missing: " << part;
    }
    EXPECT_FALSE(line.ends_with(": \n") || line.ends_with(";\n")) << "it breaks off";
  }

  static void TryAll(const std::vector<Refusal>& rows) {
    for (const Refusal& row : rows) Try(row);
  }

  static inline TemporaryFolder* trained_ = nullptr;
};

TEST_F(Refusals, OfArguments) { TryAll(ArgumentRefusals()); }
TEST_F(Refusals, OfSettings) { TryAll(SettingRefusals()); }
TEST_F(Refusals, OfRecipes) { TryAll(RecipeRefusals()); }
TEST_F(Refusals, OfModels) { TryAll(ModelRefusals()); }
TEST_F(Refusals, OfNorms) { TryAll(NormRefusals()); }
TEST_F(Refusals, OfWorkedExamples) { TryAll(ExplainRefusals()); }
TEST_F(Refusals, OfData) { TryAll(DataRefusals()); }
TEST_F(Refusals, OfPublishedSets) { TryAll(PublishedRefusals()); }
TEST_F(Refusals, OfCheckpoints) { TryAll(CheckpointRefusals()); }
TEST_F(Refusals, OfRunFolders) { TryAll(RunFolderRefusals()); }

// What the rows damage is taken as long as it is whole: it is the damage that is refused.
TEST_F(Refusals, NothingIsRefusedThatIsRight) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"evaluate", "r/batch-seed1"},
           {"runs", "."},
           {"compare", "r", "other"},
           {"data", "stats", "idx:set"},
           {"summary", "C8 GAP c10!", "--norm", "batch", "--dataset", "mnist"},
           {"explain", "batch", "--shape", "2,2,2,2"}}) {
    const Outcome outcome = RunProgram(*trained_, arguments);
    EXPECT_EQ(outcome.code, 0) << Join(arguments, " ") << ": " << outcome.err;
    EXPECT_EQ(outcome.out.find("is not known"), std::string::npos) << outcome.out;
  }
}

TEST(RawTexts, AreKnownWhereTheyStand) {
  EXPECT_EQ(RawTextIn("x: [json.exception.parse_error.101]"), "json.exception");
  EXPECT_EQ(RawTextIn("filesystem error: temp_directory_path"), "filesystem error");
  EXPECT_EQ(RawTextIn("run: --epochs: expected a whole number, found 'x'"), "");
}

}  // namespace
}  // namespace normlab
