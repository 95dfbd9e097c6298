// Every file that a command writes where its user may have one: what normlab did not write, or what
// was changed since, stays as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "report/page/page.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

struct Place {
  std::vector<std::string> command;
  std::string file;
};

std::vector<Place> ReportPlaces() {
  std::vector<Place> places = {
      {{"report", "r"}, "r/README.md"},
      {{"report", "r", "--out", "o"}, "o/README.md"},
      {{"report", "r", "--notebook"}, "r/notebook.ipynb"},
      {{"report", "r", "--notebook", "--out", "o"}, "o/notebook.ipynb"},
  };
  if (HasPage()) {
    places.push_back({{"report", "r", "--html"}, "r/report.html"});
    places.push_back({{"report", "r", "--html", "--out", "o"}, "o/report.html"});
  }
  return places;
}

std::vector<Place> OtherPlaces() {
  return {
      {{"export", "r/batch-seed1", "--pytorch", "e"}, "e/model.py"},
      {{"export", "r/batch-seed1", "--pytorch", "e"}, "e/README.md"},
      {{"export", "r/batch-seed1", "--pytorch", "e"}, "e/model.safetensors"},
      {{"explain", "batch", "--out", "x.txt"}, "x.txt"},
      {{"explain", "batch", "--markdown", "--out", "x.md"}, "x.md"},
      {{"explain", "batch", "--json", "--out", "x.json"}, "x.json"},
      {{"explain", "batch", "--html", "--out", "x.html"}, "x.html"},
  };
}

class OwnedFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    const Outcome run = Call({"run", "--norms", "batch", "--epochs", "1", "--set", "max_steps=2",
                              "--set", "model=C4v P GAP c10!", "--out", "r"});
    ASSERT_EQ(run.code, 0) << run.err;
  }
  // Without gnuplot, which takes most of a report's time: scripts and data are written all the
  // same.
  Outcome Call(const std::vector<std::string>& arguments) {
    return RunProgram(folder_, arguments, {{"PATH", "/nowhere"}});
  }
  std::string Read(const std::string& file) { return ReadFile(folder_ / file); }
  void ExpectKept(const Place& place, const std::string& bytes) {
    const std::string path = folder_ / place.file;
    WriteFile(path, bytes);
    const Outcome outcome = Call(place.command);
    EXPECT_EQ(outcome.code, 2) << place.file << ": " << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(place.file));
    EXPECT_EQ(ReadFile(path), bytes) << place.file;
  }

  void ExpectOwned(const Place& place) {
    fs::create_directories(fs::path(folder_ / place.file).parent_path());
    ExpectKept(place, "mine");
    fs::remove(folder_ / place.file);
    for (int time = 0; time < 2; ++time) {
      const Outcome outcome = Call(place.command);
      EXPECT_EQ(outcome.code, 0) << place.file << ": " << outcome.err;
    }
    ExpectKept(place, Read(place.file) + "mine");
    fs::remove(folder_ / place.file);
  }

  const TemporaryFolder folder_;
};

TEST_F(OwnedFiles, AreKeptInEveryPlaceOfARunFolder) {
  for (const Place& place : ReportPlaces()) {
    if (place.file.starts_with("r/")) ExpectOwned(place);
  }
}

TEST_F(OwnedFiles, AreKeptInEveryPlaceOfAReportElsewhere) {
  for (const Place& place : ReportPlaces()) {
    if (!place.file.starts_with("r/")) ExpectOwned(place);
  }
}

TEST_F(OwnedFiles, AreKeptInEveryOtherPlace) {
  for (const Place& place : OtherPlaces()) ExpectOwned(place);
}

TEST_F(OwnedFiles, SamplesAreKept) {
  const std::vector<std::string> command = {"data", "samples", "fashion-mnist", "--count",
                                            "1",    "--out",   "s.png"};
  WriteFile(folder_ / "s.png", "mine");
  EXPECT_EQ(RunProgram(folder_, command).code, 2);
  EXPECT_EQ(Read("s.png"), "mine");
}

TEST_F(OwnedFiles, AFigureThatWasChangedIsKeptAndTheRestWritten) {
  const std::string script = "r/figures/test-loss.gp", data = "r/figures/test-loss.csv";
  const std::string written = Read(data);
  WriteFile(folder_ / script, "plot x");
  WriteFile(folder_ / "r/figures/mine.gp", "plot y");
  fs::remove(folder_ / data);
  fs::create_directory(folder_ / "r/figures.part");
  WriteFile(folder_ / "r/figures.part/mine", "mine");
  const Outcome outcome = Call({"report", "r"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("figures/test-loss.gp"));
  EXPECT_EQ(Read(script), "plot x");
  EXPECT_EQ(Read("r/figures/mine.gp"), "plot y");
  EXPECT_EQ(Read("r/figures.part/mine"), "mine");
  EXPECT_EQ(Read(data), written);
}

TEST_F(OwnedFiles, ARunEndsThoughItsReadmeWasChanged) {
  fs::remove(folder_ / "r/DONE");
  WriteFile(folder_ / "r/README.md", "mine");
  const Outcome outcome = Call({"run", "--norms", "batch", "--epochs", "1", "--set", "max_steps=2",
                                "--set", "model=C4v P GAP c10!", "--out", "r"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("README.md"));
  EXPECT_EQ(Read("r/README.md"), "mine");
  EXPECT_TRUE(fs::exists(folder_ / "r/DONE"));
}

// What lies there of an earlier normlab stands in no record: nobody knows whether it was changed.
TEST_F(OwnedFiles, WhatAnEarlierNormlabWroteIsSetAsideWhereItDiffers) {
  const std::string script = Read("r/figures/test-loss.gp"), readme = Read("r/README.md");
  fs::remove(folder_ / "r/.normlab.sha256");
  WriteFile(folder_ / "r/README.md", "my words\n" + readme);
  WriteFile(folder_ / "r/figures/test-loss.gp", "# mine\n" + script);
  const Outcome outcome = Call({"report", "r"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("r/before"));
  EXPECT_EQ(Read("r/before/README.md"), "my words\n" + readme);
  EXPECT_EQ(Read("r/before/figures/test-loss.gp"), "# mine\n" + script);
  EXPECT_FALSE(fs::exists(folder_ / "r/before/figures/test-loss.csv"));
  EXPECT_EQ(Read("r/README.md"), readme);
  EXPECT_EQ(Read("r/figures/test-loss.gp"), script);
}

TEST_F(OwnedFiles, ANotebookThatJupyterSavedUnchangedIsWrittenAnew) {
  ASSERT_EQ(Call({"report", "r", "--notebook"}).code, 0);
  const std::string written = Read("r/notebook.ipynb");
  nlohmann::json notebook = nlohmann::json::parse(written);
  for (nlohmann::json& cell : notebook["cells"]) cell["metadata"]["collapsed"] = false;
  WriteFile(folder_ / "r/notebook.ipynb", notebook.dump(2));
  EXPECT_EQ(Call({"report", "r", "--notebook"}).code, 0);
  EXPECT_EQ(Read("r/notebook.ipynb"), written);
  notebook["cells"][1]["source"] = "print(1)";
  ExpectKept({{"report", "r", "--notebook"}, "r/notebook.ipynb"}, notebook.dump(2));
}

TEST_F(OwnedFiles, NotebooksLieInTheFolderOfOut) {
  fs::create_directory(folder_ / "two words");
  fs::copy(folder_ / "r", folder_ / "two words/s", fs::copy_options::recursive);
  const Outcome one = Call({"report", "two words/s", "--out", "o", "--notebook"});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr("o/notebook.ipynb\n"));
  EXPECT_THAT(Read("o/notebook.ipynb"), HasSubstr(R"(pathlib.Path(\"../two words/s\"))"));
  const Outcome both = Call({"report", "r", "two words/s", "--out", "o", "--notebook"});
  EXPECT_EQ(both.code, 0) << both.err;
  EXPECT_THAT(both.out, HasSubstr("o/notebook-r.ipynb\no/notebook-s.ipynb\n"));
  EXPECT_FALSE(fs::exists(folder_ / "r/notebook.ipynb"));
}

}  // namespace
}  // namespace normlab
