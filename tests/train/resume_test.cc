// A training that was killed and goes on gives the same bits as one that was not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "small_data.h"
#include "softmax_network.h"
#include "temporary_folder.h"
#include "train/safetensors.h"
#include "train/trainer.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

struct Recipe {
  const char* name;
  OptimizerOptions optimizer;
  ScheduleOptions schedule;
};

const std::vector<Recipe>& Recipes() {
  static const std::vector<Recipe> recipes{
      {"momentum and one cycle", {"sgd", 0.1, 0.9, false, 0.001}, {"onecycle", {}, {}}},
      {"nesterov and steps", {"sgd", 0.1, 0.9, true, 0}, {"step", {{"step_size", 2}}, {}}},
      {"adam and plateau",
       {"adam", 0.01, 0, false, 0},
       {"plateau", {{"patience", 0}, {"threshold", 0.2}, {"cooldown", 1}}, {}}},
      {"adam and one cycle", {"adam", 0.01, 0, false, 0}, {"onecycle", {}, {}}}};
  return recipes;
}

class Resume : public testing::Test {
 protected:
  static constexpr int kStepsPerEpoch = 6;  // 83 images by 16

  static TrainOptions Options(const Recipe& recipe) {
    TrainOptions options;
    options.epochs = 5;
    options.max_steps = 4 * kStepsPerEpoch + 2;
    options.batch_size = 16;
    options.validation = 20;
    options.l1 = 0.001;
    options.optimizer = recipe.optimizer;
    options.schedule = recipe.schedule;
    return options;
  }

  // Trains until `stop_at` steps, 0 for to the end.
  template <typename T>
  TrainResult Run(Network<T>& network, const TrainOptions& options, std::int64_t stop_at,
                  Notebook& notebook) {
    std::atomic<bool> stop = false;
    notebook.stop = &stop;
    notebook.stop_at = stop_at;
    return Train<T>(network, dataset_, nullptr, options, state_, notebook, stop);
  }

  template <typename T>
  void ExpectSameBitsAfterEveryCut(const Recipe& recipe) {
    const TrainOptions options = Options(recipe);
    std::filesystem::remove(state_);
    SoftmaxNetwork<T> whole(kSmall, 3);
    Notebook whole_notebook;
    const TrainResult expected = Run<T>(whole, options, 0, whole_notebook);
    ASSERT_EQ(expected.epochs.size(), 5u);
    for (int cut = 1; cut < options.max_steps; cut += 7) {
      SCOPED_TRACE(std::string(recipe.name) + ", killed after step " + std::to_string(cut));
      std::filesystem::remove(state_);
      SoftmaxNetwork<T> killed(kSmall, 3), resumed(kSmall, 3);
      Notebook first, second;
      EXPECT_EQ(Run<T>(killed, options, cut, first).end, TrainEnd::kInterrupted);
      EXPECT_EQ(first.steps.size(), static_cast<std::size_t>(cut));
      const std::size_t done = first.finished.size();
      const TrainResult result = Run<T>(resumed, options, 0, second);
      EXPECT_EQ(result.end, TrainEnd::kFinished);
      ASSERT_EQ(second.finished.size(), 5 - done);
      EXPECT_EQ(second.steps.front().step, static_cast<std::int64_t>(done * kStepsPerEpoch + 1));
      EXPECT_THAT(resumed.parameters(), ElementsAreArray(whole.parameters()));
      EXPECT_THAT(resumed.buffers(), ElementsAreArray(whole.buffers()));
      EXPECT_EQ(resumed.counters()[0].value, whole.counters()[0].value);
      EXPECT_EQ(second.predictions, whole_notebook.predictions);
      EXPECT_EQ(result.best_epoch, expected.best_epoch);
      ExpectSameRecords(result.epochs, expected.epochs);
    }
  }

  void ExpectRefused(const TrainOptions& options, const std::string& words) {
    SoftmaxNetwork<double> network(kSmall, 3);
    Notebook notebook;
    try {
      Run<double>(network, options, 0, notebook);
      ADD_FAILURE() << "accepted; expected an error with: " << words;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find(state_), std::string::npos) << error.what();
    }
  }

  TemporaryFolder folder_;
  std::string state_ = folder_ / "state.safetensors";
  Dataset dataset_ = SmallDataset();
};

TEST_F(Resume, GivesTheSameBitsInDouble) {
  for (const Recipe& recipe : Recipes()) ExpectSameBitsAfterEveryCut<double>(recipe);
}

TEST_F(Resume, GivesTheSameBitsInFloat) {
  ExpectSameBitsAfterEveryCut<float>(Recipes()[0]);
  ExpectSameBitsAfterEveryCut<float>(Recipes()[2]);
}

TEST_F(Resume, ReturnsTheRecordsOfAFinishedTraining) {
  const TrainOptions options = Options(Recipes()[0]);
  SoftmaxNetwork<double> first(kSmall, 3), second(kSmall, 3);
  Notebook notebook, silent;
  const TrainResult expected = Run<double>(first, options, 0, notebook);
  const TrainResult again = Run<double>(second, options, 0, silent);
  EXPECT_EQ(again.end, TrainEnd::kFinished);
  ExpectSameRecords(again.epochs, expected.epochs);
  EXPECT_EQ(again.epochs[0].seconds, expected.epochs[0].seconds);
  EXPECT_EQ(again.best_epoch, expected.best_epoch);
  EXPECT_THAT(second.parameters(), ElementsAreArray(first.parameters()));
  EXPECT_TRUE(silent.started.empty());
  EXPECT_TRUE(silent.finished.empty());
  EXPECT_TRUE(silent.steps.empty());
}

TEST_F(Resume, RefusesTheStateOfAnotherTraining) {
  const TrainOptions options = Options(Recipes()[0]);
  SoftmaxNetwork<double> network(kSmall, 3);
  Notebook notebook;
  Run<double>(network, options, 0, notebook);
  TrainOptions other = options;
  other.seed = 2;
  ExpectRefused(other, "seed is 1 there and 2 here");
  other = options;
  other.optimizer.lr = 0.2;
  ExpectRefused(other, "lr is 0.1 there and 0.2 here");
  other = options;
  other.schedule.numbers["pct_start"] = 0.5;
  ExpectRefused(other, "schedule numbers is {} there");
  dataset_ = SmallDataset(104);
  ExpectRefused(options, "train_images is 103 there and 104 here");
  dataset_ = SmallDataset();
  SoftmaxNetwork<float> single(kSmall, 3);
  EXPECT_THROW(Run<float>(single, options, 0, notebook), DataError);
}

TEST_F(Resume, RefusesABrokenState) {
  const TrainOptions options = Options(Recipes()[0]);
  SoftmaxNetwork<double> network(kSmall, 3);
  Notebook notebook;
  Run<double>(network, options, 0, notebook);
  const TensorFile whole = ReadTensors(state_);
  const auto refused = [&](auto change, const std::string& words) {
    TensorFile file = whole;
    change(file);
    WriteTensors(state_, file);
    ExpectRefused(options, words);
  };
  const auto set = [](const char* key, const char* value) {
    return [=](TensorFile& file) { file.metadata[key] = value; };
  };
  refused(set("normlab", "x"), "expected the state of a training");
  refused(set("options", "{"), "'options' is not JSON");
  refused(set("options", "[]"), "'options' is not an object");
  refused(set("options", "{}"), "belongs to another training");
  refused(set("steps", "-1"), "'steps' is not a count");
  refused(set("steps", "3"), "do not match");
  refused(set("epochs", "[]"), "expected a list of epochs");
  refused(set("epochs", "[1]"), "not an object");
  refused(set("epochs", R"([{"epoch": 1}])"), "expected a number 'train_loss'");
  refused(set("epochs", R"([{"epoch": 1e300}])"), "out of range");
  refused(set("schedule", "{}"), "expected a number 'step'");
  refused(set("schedule", "[1]"), "expected a number 'step'");
  refused([](TensorFile& file) { file.metadata.erase("epochs"); }, "'epochs' is missing");
  refused([](TensorFile& file) { file.tensors.pop_back(); },
          "'optimizer.momentum_buffer' is missing");
  refused([](TensorFile& file) { file.tensors.erase(file.tensors.begin()); },
          "'c1.conv.weight' is missing");
  refused(
      [](TensorFile& file) {
        file.tensors.back().shape = {};
        file.tensors.back().bytes.resize(8);
      },
      "has 1 values, expected 51");
  const std::string bytes = [&] {
    WriteTensors(state_, whole);
    return ReadFile(state_);
  }();
  WriteFile(state_, bytes.substr(0, bytes.size() / 2));
  ExpectRefused(options, "cut short");
}

}  // namespace
}  // namespace normlab
