// A trained network taken up again, as a user does it: evaluate, predict, export.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "report/figures/png.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A few steps of the recipe fashion on a small network; the run folder is `run`.
void Train(const TemporaryFolder& folder, const std::string& norms,
           const std::vector<std::string>& settings = {"epochs=1", "max_steps=20",
                                                       "validation=0"}) {
  std::vector<std::string> arguments = {"run",        "fashion",
                                        "--norms",    norms,
                                        "--set",      "model=C4/2 P C6/2 C6/2x2 P c8/2 GAP c10!",
                                        "--progress", "none",
                                        "--out",      "run"};
  for (const std::string& setting : settings) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  const Outcome trained = RunProgram(folder, arguments);
  ASSERT_EQ(trained.code, 0) << trained.err;
}

std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ',') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

// A column of metrics.csv in the line of `epoch`, the last one for 0.
double Metric(const TemporaryFolder& folder, const std::string& arm, const std::string& column,
              int epoch = 0) {
  const std::vector<std::string> lines = ReadLines(folder / "run/" + arm + "/metrics.csv");
  const std::vector<std::string> header = Cells(lines.front());
  const auto at = std::ranges::find(header, column) - header.begin();
  return std::stod(Cells(epoch == 0 ? lines.back() : lines[static_cast<std::size_t>(epoch)])[at]);
}

nlohmann::json EvaluateJson(const TemporaryFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "evaluate");
  arguments.emplace_back("--json");
  const Outcome outcome = RunProgram(folder, arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  return nlohmann::json::parse(outcome.out);
}

TEST(EvaluateCommand, GivesTheNumbersThatTrainingWroteBitForBit) {
  const TemporaryFolder folder;
  // Two epochs of forty steps.
  Train(folder, "batch,layer", {"epochs=2", "max_steps=80", "batch_size=100", "validation=56000"});
  for (const std::string arm : {"batch-seed1", "layer-seed1"}) {
    for (const char* threads : {"1", "2"}) {
      const auto json = EvaluateJson(folder, {"run/" + arm, "--threads", threads});
      EXPECT_EQ(json["loss"].get<double>(), Metric(folder, arm, "test_loss"));
      EXPECT_EQ(json["accuracy"].get<double>(), Metric(folder, arm, "test_accuracy"));
      EXPECT_EQ(json["checkpoint"]["epoch"], 2);
      EXPECT_EQ(json["batch_statistics"].is_null(), arm.starts_with("layer"));
    }
    const auto held_out = EvaluateJson(folder, {"run/" + arm, "--split", "validation"});
    EXPECT_EQ(held_out["loss"].get<double>(), Metric(folder, arm, "validation_loss"));
    EXPECT_EQ(held_out["accuracy"].get<double>(), Metric(folder, arm, "validation_accuracy"));
    EXPECT_EQ(held_out["data"]["images"], 56000);
    const auto best = EvaluateJson(folder, {"run/" + arm, "--best"});
    EXPECT_EQ(best["loss"].get<double>(),
              Metric(folder, arm, "test_loss", best["checkpoint"]["epoch"]));
  }
}

TEST(EvaluateCommand, PrintsATableAndWritesPredictions) {
  const TemporaryFolder folder;
  Train(folder, "batch");
  const std::vector<std::string> arguments = {"evaluate", "run/batch-seed1/last.safetensors",
                                              "--predictions", "p.safetensors"};
  const Outcome outcome = RunProgram(folder, arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("run/batch-seed1/last.safetensors: C4/2 P C6/2 C6/2x2 P"));
  EXPECT_THAT(outcome.out, HasSubstr("95 % Wilson interval"));
  EXPECT_THAT(outcome.out, HasSubstr("batches of 128, the last of 16"));
  EXPECT_THAT(outcome.out, HasSubstr("Ankle boot"));
  const std::string written = ReadFile(folder / "p.safetensors");
  EXPECT_GT(written.size(), 400000u);
  const Outcome again = RunProgram(folder, arguments);
  EXPECT_EQ(again.code, 2) << "what is there is not overwritten";
  EXPECT_EQ(ReadFile(folder / "p.safetensors"), written);
  const Outcome other = RunProgram(folder, {"evaluate", "run/batch-seed1", "--data", "cifar10"});
  EXPECT_EQ(other.code, 3);
}

TEST(EvaluateCommand, EstimatesStatisticsAnew) {
  const TemporaryFolder folder;
  Train(folder, "batch", {"epochs=1", "max_steps=20", "bn_statistics=per_application"});
  const std::string arm = "run/batch-seed1";
  const auto plain = EvaluateJson(folder, {arm});
  EXPECT_TRUE(plain["reestimated_statistics"].is_null());
  for (const char* sets : {"shared", "per_application"}) {
    const auto json = EvaluateJson(folder, {arm, "--reestimate", sets});
    EXPECT_EQ(json["reestimated_statistics"]["statistics"], sets);
    EXPECT_EQ(json["reestimated_statistics"]["training_images"], 10000);
    EXPECT_NE(json["reestimated_statistics"]["loss"], json["loss"]);
    EXPECT_EQ(json["loss"], plain["loss"]);
  }
  const Outcome table = RunProgram(
      folder, {"evaluate", arm, "--reestimate", "shared", "--predictions", "p.safetensors"});
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("re-estimated from 10,000 training images, one set"));
  EXPECT_THAT(ReadFile(folder / "p.safetensors"),
              HasSubstr("log_probabilities_on_reestimated_statistics"));
  const Outcome help = RunProgram(folder, {"evaluate", "--help"});
  EXPECT_THAT(help.out, HasSubstr("--reestimate"));
  EXPECT_THAT(help.out, HasSubstr("--reestimate per_application"));
}

TEST(PredictCommand, PredictsTheOthersWhereOnePictureIsBad) {
  const TemporaryFolder folder;
  Train(folder, "group");
  const RgbImage image{40, 30, std::vector<std::uint8_t>(40 * 30 * 3, 90)};
  fs::create_directory(folder / "pictures");
  WriteFile(folder / "pictures/good.png", EncodePng(image));
  WriteFile(folder / "pictures/bad.png", "no picture");
  const Outcome outcome =
      RunProgram(folder, {"predict", "run/group-seed1", "pictures", "missing.png", "--top", "3"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 2) << outcome.err;
  EXPECT_THAT(outcome.err, StartsWith("normlab: pictures/bad.png"));
  EXPECT_THAT(outcome.err, HasSubstr("missing.png"));
  EXPECT_THAT(outcome.out, StartsWith("pictures/good.png (40x30, colour)\n"));
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 4) << outcome.out;
  const Outcome json =
      RunProgram(folder, {"predict", "run/group-seed1", "pictures/good.png", "--json"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_EQ(nlohmann::json::parse(json.out)["images"][0]["classes"].size(), 5u);
}

// A network that was trained on a user's own pictures; it needs them for its evaluation alone.
TEST(InferenceCommands, TakeUpANetworkOfAFolderOfPictures) {
  const TemporaryFolder folder;
  for (int i = 0; i < 24; ++i) {
    const RgbImage image{9, 8, std::vector<std::uint8_t>(9 * 8 * 3, i % 2 == 0 ? 40 + i : 200 + i)};
    const std::string below = folder / (std::string("photos/") + (i < 16 ? "train/" : "test/") +
                                        (i % 2 == 0 ? "dark \"\"\"" : "light"));
    fs::create_directories(below);
    WriteFile(below + "/" + std::to_string(i) + ".png", EncodePng(image));
  }
  Train(folder, "batch",
        {"epochs=1", "max_steps=3", "validation=0", "batch_size=5", "augment=none",
         "dataset=folder:photos@3x8x8", "model=C4 GAP c2!", "groups=1"});
  const std::string arm = "run/batch-seed1";
  const auto json = EvaluateJson(folder, {arm});
  EXPECT_EQ(json["loss"].get<double>(), Metric(folder, "batch-seed1", "test_loss"));
  EXPECT_EQ(json["classes"][0]["name"], "dark \"\"\"");
  fs::copy(folder / "photos/test/light/17.png", folder / "17.png");
  fs::remove_all(folder / "photos");
  EXPECT_EQ(RunProgram(folder, {"evaluate", arm}).code, 3);
  const Outcome predicted = RunProgram(folder, {"predict", arm, "17.png", "--top", "9"});
  EXPECT_EQ(predicted.code, 0) << predicted.err;
  EXPECT_THAT(predicted.out, HasSubstr("dark \"\"\""));
  const Outcome exported = RunProgram(folder, {"export", arm, "--pytorch", "exported"});
  EXPECT_EQ(exported.code, 0) << exported.err;
  EXPECT_THAT(ReadFile(folder / "exported/model.py"),
              HasSubstr("    \"dark \\\"\\\"\\\"\",\n    \"light\","));
}

TEST(InferenceCommands, RefuseEachMistakeWithOneLineThatNamesIt) {
  struct Mistake {
    std::vector<std::string> arguments;
    int code;
    std::string named;
  };
  const TemporaryFolder folder;
  Train(folder, "none");
  WriteFile(folder / "text", "not a checkpoint");
  WriteFile(folder / "picture.png", EncodePng(RgbImage{1, 1, {1, 2, 3}}));
  fs::create_directory(folder / "empty");
  fs::create_directory(folder / "taken");
  WriteFile(folder / "taken/README.md", "years of work");
  const std::string arm = "run/none-seed1";
  for (const Mistake& mistake : std::vector<Mistake>{
           {{"evaluate"}, 2, "checkpoint"},
           {{"evaluate", "missing"}, 3, "missing"},
           {{"evaluate", "text"}, 3, "not a safetensors file"},
           {{"evaluate", "empty"}, 3, "no checkpoint in empty"},
           {{"evaluate", "run"}, 3, "none-seed1"},
           {{"evaluate", "/dev/zero"}, 3, "not a regular file"},
           {{"evaluate", arm + "/state.safetensors"}, 3, "state.safetensors"},
           {{"evaluate", arm + "/predictions.safetensors"}, 3, "'config' is missing"},
           {{"evaluate", arm + "/last.safetensors", "--best"}, 2, "--best"},
           {{"evaluate", arm, "--data", "fashon"}, 2, "fashion-mnist"},
           {{"evaluate", arm, "--split", "all"}, 2, "--split all"},
           {{"evaluate", arm, "--batch", "0"}, 2, "--batch"},
           {{"evaluate", arm, "--engine", "gpu"}, 2, "--engine gpu"},
           {{"evaluate", arm, "--simd", "mmx"}, 2, "mmx"},
           {{"evaluate", arm, "--threads", "-1"}, 2, "--threads"},
           {{"evaluate", arm, "--data-dir", "empty"}, 3, "empty"},
           {{"evaluate", arm, "--predictions", "no/such/folder"}, 1, "no/such/folder"},
           {{"evaluate", arm, "--reestimate", "shared"}, 2, "norm = none"},
           {{"evaluate", arm, "--reestimate", "both"}, 2, "--reestimate"},
           {{"evaluate", arm, "--reestimate"}, 2, "--reestimate"},
           {{"predict", arm}, 2, "images"},
           {{"predict", arm, "empty"}, 3, "empty holds no PNG and no JPEG"},
           {{"predict", arm, "text"}, 3, "text"},
           {{"predict", arm, "picture.png", "--top", "0"}, 2, "--top"},
           {{"predict", "text", "picture.png"}, 3, "text is not a safetensors file"},
           {{"export", arm}, 2, "--pytorch"},
           {{"export", "missing", "--pytorch", "out"}, 3, "missing"},
           {{"export", arm, "--pytorch", "taken"}, 2, "taken/README.md"},
           {{"export", arm, "--pytorch", "text"}, 1, "text"},
       }) {
    const Outcome outcome = RunProgram(folder, mistake.arguments);
    EXPECT_EQ(outcome.code, mistake.code) << mistake.named << ": " << outcome.err;
    EXPECT_EQ(outcome.out, "") << mistake.named;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_THAT(outcome.err, StartsWith("normlab: "));
    EXPECT_THAT(outcome.err, HasSubstr(mistake.named));
  }
  EXPECT_FALSE(fs::exists(folder / "out"));
  EXPECT_EQ(ReadFile(folder / "taken/README.md"), "years of work");
  EXPECT_FALSE(fs::exists(folder / "taken/model.py"));
}

TEST(ExportCommand, WritesAFolderForPyTorch) {
  const TemporaryFolder folder;
  Train(folder, "layer");
  const Outcome outcome =
      RunProgram(folder, {"export", "run/layer-seed1", "--best", "--pytorch", "exported"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "exported/model.safetensors\nexported/model.py\nexported/README.md\n");
  EXPECT_THAT(ReadFile(folder / "exported/model.py"), HasSubstr("NORM = \"layer\""));
}

}  // namespace
}  // namespace normlab
