// Epochs of a recipe, on command, by the training loop of `normlab run` and with its augmentation,
// so that another program can race against them. Reading the data set is not counted, nor is the
// evaluation after the epoch.
//
// Reads commands from stdin and answers each with one line on stdout:
//   version        what computes: normlab and its instruction set
//   folder         where the data set was found
//   epoch          one epoch from the initial weights; images per second and mean training loss
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "augment/augment.h"
#include "base/error.h"
#include "bench/peers/answers.h"
#include "config/check.h"
#include "config/plan.h"
#include "data/dataset.h"
#include "engine/make_network.h"
#include "model/initialize.h"
#include "operations/fast/simd.h"
#include "study/train_options.h"
#include "train/trainer.h"

namespace normlab {
namespace {

struct EpochOptions {
  std::string recipe = "mnist";
  std::string norm = "batch";
  std::string simd = "best";
  std::string data_dir;
  int threads = 1;
  int steps = 0;  // 0: the whole epoch
};

Arm MakeArm(const EpochOptions& options) {
  Overrides overrides;
  overrides.norms = {options.norm};
  overrides.settings = {{"epochs", "1", "bench_epoch"},
                        {"max_steps", std::to_string(options.steps), "flag --steps"}};
  return ResolvePlan(LoadRecipe(options.recipe), overrides).arms.front();
}

class Racer {
 public:
  explicit Racer(const EpochOptions& options)
      : simd_(ParseSimd(options.simd)),
        config_(MakeArm(options).config),
        architecture_(MakeArchitecture(config_)),
        dataset_(LoadDataset(config_.dataset, options.data_dir)),
        augmentation_(ParseAugmentation(config_.augment, dataset_.shape)),
        network_(MakeFastNetwork(architecture_, config_.batch_size, {simd_, options.threads})) {}

  std::string Answer(const std::string& command) {
    if (command == "version") return fmt::format("normlab {}", SimdName(simd_));
    if (command == "folder") return Folder();
    if (command == "epoch") return Epoch();
    throw UsageError("unknown command '" + command + "', expected version, folder or epoch");
  }

 private:
  std::string Folder() const {
    return std::filesystem::path(dataset_.sources.front().path).parent_path().string();
  }

  std::string Epoch() {
    InitializeParameters<float>(architecture_, config_.seed, network_->parameters());
    InitializeBuffers<float>(architecture_, network_->buffers());
    TrainObserver nobody;
    const std::atomic<bool> stop{false};
    const TrainResult result =
        Train(*network_, dataset_, augmentation_->identity() ? nullptr : augmentation_.get(),
              MakeTrainOptions(config_), "", nobody, stop);
    if (result.end != TrainEnd::kFinished) throw RunError("the loss is not finite");
    const EpochRecord& record = result.epochs.front();
    return fmt::format("{:.1f} {:.4f}", record.images_per_second, record.train_loss);
  }

  Simd simd_;
  Config config_;
  Architecture architecture_;
  Dataset dataset_;
  std::unique_ptr<Augmentation> augmentation_;
  std::unique_ptr<Network<float>> network_;
};

int Main(int argc, char** argv) {
  EpochOptions options;
  CLI::App app("Epochs on command (bench/peers/epoch.cc)");
  app.add_option("--recipe", options.recipe);
  app.add_option("--norm", options.norm);
  app.add_option("--simd", options.simd);
  app.add_option("--data-dir", options.data_dir);
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_option("--steps", options.steps, "at most this many; 0: the whole epoch")
      ->check(CLI::Range(0, 1000000));
  CLI11_PARSE(app, argc, argv);
  return AnswerCommands("bench_epoch", [&] {
    return [racer = std::make_unique<Racer>(options)](const std::string& command) {
      return racer->Answer(command);
    };
  });
}

}  // namespace
}  // namespace normlab

int main(int argc, char** argv) { return normlab::Main(argc, argv); }
