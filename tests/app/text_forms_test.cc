// Every text file that a user hands over, in every form in which an editor may leave it.
#include "tests/text_forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

void Write(const std::string& path, const std::string& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  WriteFile(path, bytes);
}

std::string BigEndian(unsigned value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

void WriteIdx(const std::string& folder) {
  for (const char* split : {"train", "t10k"}) {
    std::string images = BigEndian(0x803) + BigEndian(4) + BigEndian(2) + BigEndian(2);
    for (int i = 0; i < 16; ++i) images += static_cast<char>(i);
    Write(folder + "/" + split + "-images-idx3-ubyte", images);
    Write(folder + "/" + split + "-labels-idx1-ubyte",
          BigEndian(0x801) + BigEndian(4) + std::string("\0\1\0\1", 4));
  }
}

void WriteCifar100(const std::string& folder) {
  for (const char* split : {"train", "test"}) {
    std::string records;
    for (int i = 0; i < 2; ++i) records += std::string(3074, static_cast<char>(i));
    Write(folder + "/cifar-100-binary/" + split + ".bin", records);
  }
}

// A file with `text`, and a command that reads it.
struct Place {
  std::string file, text;
  std::vector<std::string> command;
  int code;  // where the text is refused
};

std::vector<Place> Places() {
  std::string twenty;
  for (int i = 0; i < 20; ++i) twenty += "kind" + std::to_string(i) + "\n";
  const std::string recipe = "about = \"mine\"\nepochs = 1\n\n[[run]]\nnorm = \"layer\"\n";
  return {
      {"mine.toml", recipe, {"recipes", "mine.toml"}, 2},
      {"mine.toml",
       recipe,
       {"run", "mine.toml", "--dry-run", "--set", "dataset=idx:set", "--set", "model=C2 GAP c2!",
        "--set", "augment=none", "--set", "validation=0", "--set", "batch_size=4"},
       2},
      {"set/classes.txt", "cat\ndog\n", {"data", "stats", "idx:set", "--json"}, 3},
      {"d/cifar-100-binary/coarse_label_names.txt",
       twenty,
       {"data", "stats", "cifar100-coarse", "--data-dir", "d", "--json"},
       3},
      {"values.json",
       "{\"x\":\n[[[[1,2,4]]]]}\n",
       {"explain", "batch", "--values", "values.json"},
       3},
  };
}

// Without what depends on the clock.
std::string Lasting(const std::string& out) { return out.substr(0, out.find("# estimated time")); }

TEST(TextForms, EveryReaderTakesThemOrNamesThem) {
  const TemporaryFolder folder;
  WriteIdx(folder / "set");
  WriteCifar100(folder / "d");
  for (const Place& place : Places()) {
    std::string expected;
    for (const TextForm& form : HarmlessForms()) {
      SCOPED_TRACE(place.file + ", " + form.name);
      Write(folder / place.file, form.of(place.text));
      const Outcome outcome = RunProgram(folder, place.command);
      EXPECT_EQ(outcome.code, 0) << outcome.err;
      if (expected.empty()) expected = Lasting(outcome.out);
      EXPECT_EQ(Lasting(outcome.out), expected);
    }
    for (const TextForm& form : RefusedForms()) {
      SCOPED_TRACE(place.file + ", " + form.name);
      Write(folder / place.file, form.of(place.text));
      const Outcome outcome = RunProgram(folder, place.command);
      EXPECT_EQ(outcome.code, place.code);
      EXPECT_EQ(outcome.out, "");
      EXPECT_THAT(outcome.err, AllOf(HasSubstr(fs::path(place.file).filename().string()),
                                     HasSubstr("expected text in UTF-8, found " + form.found)));
      EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    }
  }
}

}  // namespace
}  // namespace normlab
