// What is opened as a checkpoint, and what is refused in one line.
#include "inference/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "config/plan.h"
#include "inference/trained_network.h"
#include "tests/inference/make_checkpoint.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

template <class Action>
std::string LineOf(const Action& action, ExitCode code = ExitCode::kData) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    EXPECT_LT(std::string(error.what()).size(), 1000u);
    return error.what();
  }
  return "accepted";
}

TEST(OpenCheckpoint, SaysWhatItIs) {
  const SmallStudy study;
  const Checkpoint checkpoint = OpenCheckpoint(study.path);
  EXPECT_EQ(CanonicalText(checkpoint.config), CanonicalText(study.config));
  EXPECT_EQ(checkpoint.epoch, 7);
  EXPECT_EQ(checkpoint.steps, 469);
  EXPECT_EQ(checkpoint.class_names, study.dataset.class_names);
  ASSERT_TRUE(checkpoint.statistics);
  EXPECT_EQ(checkpoint.statistics->mean, study.dataset.statistics.mean) << "every bit";
  EXPECT_EQ(checkpoint.statistics->deviation, study.dataset.statistics.deviation);
  EXPECT_EQ(checkpoint.architecture.input, (Shape{1, 28, 28}));
}

TEST(OpenCheckpoint, TakesAnOlderOneThatSaysNothingOfItsData) {
  const SmallStudy study;
  TensorFile file = ReadTensors(study.path);
  for (const char* key : {"shape", "mean", "deviation", "class_names"}) {
    ASSERT_EQ(file.metadata.erase(std::string("dataset.") + key), 1u);
  }
  WriteTensors(study.path, file);
  const Checkpoint checkpoint = OpenCheckpoint(study.path);
  EXPECT_FALSE(checkpoint.statistics);
  EXPECT_EQ(checkpoint.class_names, study.dataset.class_names);
  EXPECT_EQ(PreparationOf(checkpoint, study.data).mean, study.dataset.statistics.mean);
  EXPECT_THAT(LineOf([&] { PreparationOf(checkpoint, study.folder / "elsewhere"); }),
              HasSubstr("elsewhere"));
}

TEST(OpenCheckpoint, OfAnOlderOneIsBeyondEverySchedulesSteps) {
  const SmallStudy study;
  TensorFile file = ReadTensors(study.path);
  ASSERT_EQ(file.metadata.erase("steps"), 1u);
  WriteTensors(study.path, file);
  EXPECT_EQ(OpenCheckpoint(study.path).steps, std::numeric_limits<std::int64_t>::max());
}

struct BadMetadata {
  std::string key, value, named;
};

TEST(OpenCheckpoint, RefusesMetadataThatCannotBe) {
  const SmallStudy study;
  const TensorFile whole = ReadTensors(study.path);
  const std::string config = whole.metadata.at("config");
  const std::string deep = "x" + std::string(7000, '.');
  std::string keys = "a";
  for (int i = 0; i < 8000; ++i) keys += ".a";
  for (const BadMetadata& bad : std::vector<BadMetadata>{
           {"config", "", "the file is empty"},  // an empty text is all defaults: another network
           {"config", "model = = 3", "line 1"},
           {"config", "nonsense = 3", "'nonsense'"},
           {"config", config + "norm = \"lyer\"\n", "line"},
           {"config", "model = \"C8 Z\"", "'Z'"},
           {"config", "dataset = \"mnst\"", "dataset"},
           {"config", "norm = \"lyer\"", "norm = lyer"},
           {"config", "norm = \"\\u001b[2J\"", "norm = ?[2J"},
           {"config", "model = \"c4096 c4096 c4096 c4096 c4096 GAP c10!\"", "impossible network"},
           {"config", "groups = 3\nnorm = \"group\"", "groups"},
           {"config", "[[run]]\nnorm = \"batch\"", "[[run]]"},
           {"config", keys + " = 1", "unknown key"},
           {"config", std::string(100000, ' '), "100000 bytes"},
           {"config", "x = " + std::string(10000, '['), "line 1"},
           {"config", deep, "line 1"},
           {"epoch", "0", "'epoch' = 0"},
           {"epoch", "two", "'epoch' = two"},
           {"epoch", "99999999999", "'epoch'"},
           {"epoch", std::string(1000000, '1'), "1000000 bytes"},
           {"steps", "0", "'steps' = 0"},
           {"steps", "-3", "'steps' = -3"},
           {"steps", "1e3", "'steps' = 1e3"},
           {"steps", "99999999999999999999", "'steps'"},
           {"steps", std::string(1000, '1'), "1000 bytes"},
           {"dataset.shape", "[1, 28]", "dataset.shape"},
           {"dataset.shape", "[1, 28, 0]", "dataset.shape"},
           {"dataset.shape", "[2, 28, 28]", "dataset.shape"},
           {"dataset.shape", "[1, 28, 1e9]", "dataset.shape"},
           {"dataset.shape", "[1, 28, 4294967324]", "dataset.shape"},
           {"dataset.shape", "28", "dataset.shape"},
           {"dataset.shape", "{\"a\": 28}", "dataset.shape"},
           {"dataset.shape", std::string(100000, '['), "dataset.shape"},
           {"dataset.mean", "[0.1, 0.2]", "dataset.mean"},
           {"dataset.mean", "[null]", "dataset.mean"},
           {"dataset.mean", "[1e400]", "dataset.mean"},
           {"dataset.mean", "[-0.1]", "dataset.mean"},
           {"dataset.mean", "[2]", "dataset.mean"},
           {"dataset.mean", "[NaN]", "dataset.mean"},
           {"dataset.deviation", "[-1]", "dataset.deviation"},
           {"dataset.deviation", "[0]", "dataset.deviation"},
           {"dataset.deviation", "[0.0]", "dataset.deviation"},
           {"dataset.deviation", "[1e-300]", "dataset.deviation"},
           {"dataset.deviation", "[1e300]", "dataset.deviation"},
           {"dataset.deviation", "[Infinity]", "dataset.deviation"},
           {"dataset.class_names", "[]", "dataset.class_names"},
           {"dataset.class_names", "[1, 2]", "dataset.class_names"},
           {"dataset.class_names", "[\"a\"]", "impossible network"},
       }) {
    TensorFile file = whole;
    file.metadata[bad.key] = bad.value;
    WriteTensors(study.path, file);
    const std::string line = LineOf([&] { OpenCheckpoint(study.path); });
    const bool other_network = bad.named == "the file is empty";
    EXPECT_THAT(line, HasSubstr(other_network ? "tensor" : bad.named))
        << bad.key << " = " << bad.value.substr(0, 60);
    EXPECT_THAT(line, HasSubstr(study.path));
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
  }
  for (const char* key : {"config", "epoch", "dataset.mean", "dataset.class_names"}) {
    TensorFile file = whole;
    file.metadata.erase(key);
    WriteTensors(study.path, file);
    EXPECT_THAT(LineOf([&] { OpenCheckpoint(study.path); }),
                AllOf(HasSubstr(key), HasSubstr("is missing")));
  }
}

TEST(OpenCheckpoint, RefusesTheTensorsOfAnotherModelByItsHeader) {
  const SmallStudy study;
  TensorFile file = ReadTensors(study.path);
  Config other = study.config;
  other.norm = "layer";
  file.metadata["config"] = CanonicalText(other);
  WriteTensors(study.path, file);
  EXPECT_THAT(LineOf([&] { OpenCheckpoint(study.path); }), HasSubstr("not one of this network's"));
  other.norm = "batch";
  other.model = "C4/2 P C6/2 C6/3x2 P c12/4 GAP c10!";
  file.metadata["config"] = CanonicalText(other);
  WriteTensors(study.path, file);
  EXPECT_THAT(LineOf([&] { OpenCheckpoint(study.path); }),
              AllOf(HasSubstr("'c4.conv.weight' has shape [8, 6, 1, 1]"),
                    HasSubstr("needs [12, 6, 1, 1]")));
}

TEST(OpenCheckpoint, RefusesWhatIsNoCheckpoint) {
  const SmallStudy study;
  const std::string path = study.folder / "file";
  WriteFile(path, "PK\x03\x04 a zip of PyTorch");
  EXPECT_THAT(LineOf([&] { OpenCheckpoint(path); }), HasSubstr("not a safetensors file"));
  WriteFile(path, "");
  EXPECT_THAT(LineOf([&] { OpenCheckpoint(path); }), HasSubstr("at least 8 bytes"));
  const std::string whole = ReadFile(study.path);
  WriteFile(path, std::string_view(whole).substr(0, whole.size() - 1));
  EXPECT_THAT(LineOf([&] { OpenCheckpoint(path); }), HasSubstr(path));
  EXPECT_THAT(LineOf([&] { OpenCheckpoint(study.folder / "missing"); }), HasSubstr("missing"));
  EXPECT_THAT(LineOf([&] { OpenCheckpoint("/dev/zero"); }), HasSubstr("not a regular file"));
  const float value = 1;
  WriteTensors(path, {{{"format", "pt"}}, {FromValues("weight", {1}, &value)}});
  EXPECT_THAT(LineOf([&] { OpenCheckpoint(path); }), HasSubstr("'config' is missing"));
}

// A checkpoint of a few kilobytes whose maps would take more memory than there is.
TEST(UseNetwork, RefusesMapsThatTheMachineCannotHold) {
  SmallStudy study;
  Config config = study.config;
  config.model = "c4096 GAP c10!";
  WriteCheckpoint(study.path, config, study.dataset);
  TensorFile file = ReadTensors(study.path);
  file.metadata["dataset.shape"] = "[1, 4096, 4096]";
  WriteTensors(study.path, file);
  const Checkpoint checkpoint = OpenCheckpoint(study.path);
  EXPECT_THAT(LineOf([&] { UseNetwork(checkpoint, {}, 16384, [](auto&) {}); }, ExitCode::kFailed),
              AllOf(HasSubstr("GiB"), HasSubstr(study.path)));
}

TEST(FindCheckpoint, TakesAFileOrAnArmsFolder) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "run/batch-seed1");
  fs::create_directories(folder / "run/layer-seed1");
  fs::create_directories(folder / "empty");
  for (const char* name : {"batch-seed1/last", "batch-seed1/best", "layer-seed1/last"}) {
    WriteFile(folder / "run/" + name + ".safetensors", "");
  }
  const std::string arm = folder / "run/batch-seed1";
  EXPECT_EQ(FindCheckpoint(arm, false), arm + "/last.safetensors");
  EXPECT_EQ(FindCheckpoint(arm, true), arm + "/best.safetensors");
  EXPECT_EQ(FindCheckpoint(arm + "/last.safetensors", false), arm + "/last.safetensors");
  EXPECT_THAT(LineOf([&] { FindCheckpoint(arm + "/last.safetensors", true); }, ExitCode::kUsage),
              HasSubstr("--best"));
  EXPECT_THAT(LineOf([&] { FindCheckpoint(folder / "run", false); }),
              HasSubstr("batch-seed1, layer-seed1"));
  EXPECT_THAT(LineOf([&] { FindCheckpoint(folder / "run/layer-seed1", true); }),
              HasSubstr("no checkpoint"));
  EXPECT_THAT(LineOf([&] { FindCheckpoint(folder / "empty", false); }), HasSubstr("no checkpoint"));
}

}  // namespace
}  // namespace normlab
