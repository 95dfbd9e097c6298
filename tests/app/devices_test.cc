// normlab devices, and --device where it stands.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "report/figures/png.h"
#include "tests/app/program.h"
#include "tests/app/same_bits.h"
#include "tests/engine/needs_device.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

void MakePhotos(const TemporaryFolder& folder) {
  for (const char* split : {"train", "test"}) {
    for (int i = 0; i < 20; ++i) {
      const std::string of = folder / fmt::format("photos/{}/{}", split, i % 2 ? "cat" : "dog");
      fs::create_directories(of);
      RgbImage image{8, 8, {}};
      for (int p = 0; p < 192; ++p) {
        image.pixels.push_back(
            static_cast<std::uint8_t>((p / 96 == i % 2 ? 120 : 0) + (i * 7 + p * 13) % 80));
      }
      WriteFile(fmt::format("{}/{}.png", of, i), EncodePng(image));
    }
  }
}

Words Training(const std::string& out, const Words& more) {
  Words words = {"run",     "fashion",
                 "--norms", "batch",
                 "--set",   "model=C2 GAP c2!",
                 "--set",   "validation=0",
                 "--set",   "augment=none",
                 "--set",   "batch_size=4",
                 "--set",   "dataset=folder:photos@1x8x8",
                 "--out",   out};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string Accuracy(const TemporaryFolder& folder, const std::string& run) {
  const std::vector<std::string> lines = ReadLines(folder / (run + "/batch-seed1/metrics.csv"));
  return lines.back();
}

TEST(Devices, AreListed) {
  const TemporaryFolder folder;
  const Outcome table = RunProgram(folder, {"devices", "--list"});
  ASSERT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("cpu"), HasSubstr("opencl")));
  const Outcome outcome = RunProgram(folder, {"devices", "--list", "--json"});
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["schema"], 1);
  const auto list = opencl::ListDevices();
  ASSERT_EQ(json["devices"].size(), list.devices.size());
  EXPECT_EQ(json["trouble"].is_null(), !list.devices.empty());
  for (std::size_t i = 0; i < list.devices.size(); ++i) {
    EXPECT_EQ(json["devices"][i]["device"], fmt::format("opencl:{}", i));
    EXPECT_EQ(json["devices"][i]["name"], list.devices[i].name);
  }
}

TEST(Devices, ATrainingIsThereWhatItIsOnTheProcessor) {
  NORMLAB_NEEDS_DEVICE();
  const TemporaryFolder folder;
  MakePhotos(folder);
  const Outcome outcome =
      RunProgram(folder, Training("d", {"--epochs", "2", "--device", "opencl"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  ASSERT_EQ(RunProgram(folder, Training("c", {"--epochs", "2"})).code, 0);
  const auto environment = nlohmann::json::parse(ReadFile(folder / "d/environment.json"));
  EXPECT_THAT(environment["device"].get<std::string>(), HasSubstr("opencl:0 ("));
  EXPECT_THAT(ReadFile(folder / "d/batch-seed1/clock.csv"), HasSubstr(",opencl,"));
  const auto hash = [&](const char* run) {
    return nlohmann::json::parse(ReadFile(folder / (std::string(run) + "/study.json")))["hash"];
  };
  EXPECT_EQ(hash("d"), hash("c"));
  // epoch, train_loss, ...: some digits of the losses.
  EXPECT_EQ(Accuracy(folder, "d").substr(0, 6), Accuracy(folder, "c").substr(0, 6));
  // A finished training, measured again on the device and on the processor.
  const Outcome there =
      RunProgram(folder, {"evaluate", "d/batch-seed1", "--device", "opencl", "--json"});
  const Outcome here = RunProgram(folder, {"evaluate", "d/batch-seed1", "--json"});
  ASSERT_EQ(there.code, 0) << there.err;
  const auto a = nlohmann::json::parse(there.out), b = nlohmann::json::parse(here.out);
  EXPECT_EQ(a["engine"]["name"], "opencl");
  EXPECT_NEAR(a["loss"].get<double>(), b["loss"].get<double>(), 1e-5);
}

TEST(Devices, ARunGoesOnOnAnotherOne) {
  NORMLAB_NEEDS_DEVICE();
  const TemporaryFolder folder;
  MakePhotos(folder);
  const auto training = [](const std::string& device) {
    return Training("r", {"--epochs", "300", "--device", device});
  };
  const std::string clock = folder / "r/batch-seed1/clock.csv";
  Program killed(folder, training("opencl"));
  while (killed.Running() && (!fs::exists(clock) || ReadLines(clock).size() < 3)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  killed.Signal(SIGKILL);
  killed.Wait();
  const Outcome rest = RunProgram(folder, training("cpu"));
  EXPECT_EQ(rest.code, 0) << rest.err;
  const std::vector<std::string> epochs = ReadLines(clock);
  ASSERT_EQ(epochs.size(), 301u);
  EXPECT_THAT(epochs[1], HasSubstr(",opencl,"));
  EXPECT_THAT(epochs.back(), Not(HasSubstr(",opencl,")));
}

TEST(Devices, TrainingsAtOnceHaveTheBitsThatTheyHaveAlone) {
  NORMLAB_NEEDS_DEVICE();
  const TemporaryFolder folder;
  MakePhotos(folder);
  for (const char* jobs : {"1", "3"}) {
    const Outcome outcome = RunProgram(
        folder,
        Training(std::string("jobs") + jobs, {"--epochs", "3", "--device", "opencl", "--seeds", "3",
                                              "--set", "l2=0.01", "--log-steps", "--jobs", jobs}));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  }
  for (const char* seed : {"1", "2", "3"}) {
    const std::string arm = std::string("/batch-seed") + seed;
    ExpectSameBits(folder / ("jobs3" + arm), folder / ("jobs1" + arm));
  }
}

// What a driver answers when its device is lost, in the middle of an epoch, or its memory ends
// (opencl_layer/failing_layer.cc).
struct Loss {
  const char *name, *call, *code, *after, *says;
};

class LostDevices : public testing::TestWithParam<Loss> {};
INSTANTIATE_TEST_SUITE_P(
    Devices, LostDevices,
    testing::Values(Loss{"Queue", "EnqueueNDRangeKernel", "-36", "1000", "the device was lost"},
                    Loss{"Device", "EnqueueReadBuffer", "-2", "60", "not available"},
                    Loss{"Resources", "EnqueueNDRangeKernel", "-5", "1000",
                         "out of memory on the device"},
                    Loss{"Memory", "CreateBuffer", "-4", "3", "out of memory on the device"}),
    [](const auto& info) { return info.param.name; });

TEST_P(LostDevices, CostTheEpochThatWasBegun) {
  NORMLAB_NEEDS_DEVICE();
  const TemporaryFolder folder;
  MakePhotos(folder);
  const auto training = [](const std::string& out) {
    return Training(out,
                    {"--epochs", "20", "--device", "opencl", "--log-steps", "--progress", "none"});
  };
  const Outcome lost = RunProgram(folder, training("r"),
                                  {{"OPENCL_LAYERS", NORMLAB_FAILING_LAYER},
                                   {"FAILING_CALL", GetParam().call},
                                   {"FAILING_AFTER", GetParam().after},
                                   {"FAILING_CODE", GetParam().code}});
  EXPECT_EQ(lost.code, 1) << lost.err;
  // Behind a line that warns of the small network.
  EXPECT_EQ(std::ranges::count(lost.err, '\n'), 2) << lost.err;
  EXPECT_THAT(lost.err.substr(lost.err.find('\n')),
              AllOf(HasSubstr("normlab: device opencl:0 ("), HasSubstr(GetParam().says)));
  const std::string metrics = folder / "r/batch-seed1/metrics.csv";
  const std::size_t epochs = fs::exists(metrics) ? ReadLines(metrics).size() : 1;
  EXPECT_LT(epochs, 21u);
  EXPECT_EQ(epochs == 1, GetParam().name == std::string("Memory"));
  // It goes on from there, to what a training has that loses nothing.
  ASSERT_EQ(RunProgram(folder, training("r")).code, 0);
  ASSERT_EQ(RunProgram(folder, training("whole")).code, 0);
  ExpectSameBits(folder / "r/batch-seed1", folder / "whole/batch-seed1");
}

TEST(Devices, MistakesAreOneLine) {
  const TemporaryFolder folder;
  MakePhotos(folder);
  const auto refusal = [&](const Words& words) {
    const Outcome outcome = RunProgram(folder, words);
    EXPECT_EQ(outcome.code, 2) << testing::PrintToString(words) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    return outcome.err;
  };
  EXPECT_THAT(refusal(Training("r", {"--device", "gpu"})), HasSubstr("expected cpu, opencl"));
  EXPECT_THAT(refusal(Training("r", {"--device", "opencl:x"})), HasSubstr("opencl:x"));
  EXPECT_THAT(refusal(Training("r", {"--device", "opencl:99"})), HasSubstr("device opencl"));
  EXPECT_THAT(refusal(Training("r", {"--device", "opencl", "--engine", "reference"})),
              HasSubstr("in place of the engine fast"));
  EXPECT_THAT(refusal({"bench", "--device", "cuda"}), HasSubstr("expected cpu, opencl"));
  EXPECT_FALSE(fs::exists(folder / "r"));
}

}  // namespace
}  // namespace normlab
