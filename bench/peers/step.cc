// Training steps on one synthetic batch, on command, so that another program can race against them
// in alternating rounds on the same weights and the same images (bench/peers/step_race.py).
//
// Reads commands from stdin and answers each with one line on stdout:
//   describe    the network as JSON
//   save DIR    writes DIR/model.json (the same), DIR/model.py (the network as `normlab export`
//               writes it), DIR/weights.safetensors and DIR/batch.safetensors (images, labels)
//   losses N    N steps from the initial weights; the mean loss of each
//   time N      N steps from where the weights are; milliseconds per step
//   evaluate N  N evaluations of the batch; milliseconds per evaluation
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/philox.h"
#include "base/text.h"
#include "bench/peers/answers.h"
#include "engine/make_network.h"
#include "inference/pytorch_texts.h"
#include "measure/bench_options.h"
#include "measure/synthetic_batch.h"
#include "model/initialize.h"
#include "operations/fast/simd.h"
#include "train/batches.h"
#include "train/optimizer.h"
#include "train/safetensors.h"
#include "train/trainer.h"

namespace normlab {
namespace {

constexpr std::uint64_t kSeed = 1;

void SaveBatch(const std::string& path, const SyntheticBatch& batch, const Shape& shape) {
  const auto count = static_cast<std::int64_t>(batch.labels().size());
  TensorFile file;
  file.tensors.push_back(FromValues("images", {count, shape.channels, shape.height, shape.width},
                                    batch.pixels().data()));
  file.tensors.push_back(FromValues("labels", {count}, batch.labels().data()));
  WriteTensors(path, file);
}

// The same bytes every step, by the way that training's images take (train/batches.h).
class LoadedBatch {
 public:
  LoadedBatch(const Shape& shape, const std::vector<std::uint8_t>& labels)
      : table_({std::vector<double>(static_cast<std::size_t>(shape.channels), 0.5),
                std::vector<double>(static_cast<std::size_t>(shape.channels), 0.3)}),
        split_{std::vector<std::uint8_t>(labels.size() * shape.size()), labels},
        images_(split_, shape, table_, nullptr, kSeed),
        order_(labels.size()) {
    RandomStream random(kSeed, Purpose::kSamples, 0, 0);
    for (std::uint8_t& pixel : split_.pixels) pixel = static_cast<std::uint8_t>(random.Below(256));
    std::iota(order_.begin(), order_.end(), 0u);
  }

  Batch Take() { return images_.Take(order_.data(), static_cast<int>(order_.size()), 1); }

 private:
  PixelTable table_;
  Split split_;
  ImageBatch images_;
  std::vector<std::uint32_t> order_;
};

class Racer {
 public:
  Racer(const BenchOptions& options, bool loaded)
      : options_(options),
        simd_(ParseSimd(options.simd)),
        architecture_(BenchArchitecture(options)),
        batch_(architecture_.input, architecture_.classes, options.batch, kSeed),
        network_(MakeFastNetwork(architecture_, options.batch, {simd_, options.threads})) {
    outputs_.resize(batch_.labels().size() * static_cast<std::size_t>(architecture_.classes));
    if (loaded) loaded_ = std::make_unique<LoadedBatch>(architecture_.input, batch_.labels());
    Restart();
  }

  std::string Answer(const std::string& command) {
    const std::vector<std::string> words = SplitWords(command);
    if (words == std::vector<std::string>{"describe"}) return Describe();
    if (words.size() == 2 && words[0] == "save") return Save(words[1]);
    if (words.size() == 2 && words[0] == "losses") return Losses(Count(words[1]));
    if (words.size() == 2 && words[0] == "time") {
      return Milliseconds(Count(words[1]), [this] { Step(); });
    }
    if (words.size() == 2 && words[0] == "evaluate") {
      return Milliseconds(Count(words[1]), [this] { network_->Evaluate(Next(), outputs_); });
    }
    throw UsageError("unknown command '" + command +
                     "', expected describe, save DIR, losses N, time N or evaluate N");
  }

 private:
  static int Count(const std::string& word) {
    int count = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
    if (error != std::errc() || end != word.data() + word.size() || count < 1) {
      throw UsageError("'" + word + "' is not a number of steps");
    }
    return count;
  }

  void Restart() {
    InitializeParameters<float>(architecture_, kSeed, network_->parameters());
    InitializeBuffers<float>(architecture_, network_->buffers());
    OptimizerOptions options;
    options.lr = kLearningRate;
    options.momentum = kMomentum;
    optimizer_ = MakeOptimizer<float>(
        options, ParameterGroups(network_->parameter_infos(),
                                 std::vector<std::uint8_t>(network_->parameters().size(), 0),
                                 "none", "none"));
    step_ = 0;
  }

  Batch Next() { return loaded_ != nullptr ? loaded_->Take() : batch_.batch(); }

  double Step() {
    const Batch batch = Next();
    const BatchResult result = network_->Train(batch, {kSeed, ++step_});
    optimizer_->Step(network_->parameters(), network_->gradients(), kLearningRate, kMomentum);
    return result.loss_sum / batch.count;
  }

  std::string Describe() const {
    nlohmann::json layers = nlohmann::json::array();
    for (const Layer& layer : architecture_.layers) {
      layers.push_back({{"name", layer.name},
                        {"token", layer.token},
                        {"kernel", layer.kernel},
                        {"padding", layer.padding},
                        {"stride", layer.stride},
                        {"groups", layer.channel_groups},
                        {"in", layer.input.channels},
                        {"height", layer.input.height},
                        {"width", layer.input.width},
                        {"out", layer.output.channels},
                        {"repeat", layer.repeat}});
    }
    const nlohmann::json text = {{"layers", layers},
                                 {"lr", kLearningRate},
                                 {"momentum", kMomentum},
                                 {"simd", SimdName(simd_)}};
    return text.dump();
  }

  std::string Save(const std::string& folder) {
    Restart();
    SaveCheckpoint<float>(folder + "/weights.safetensors", *network_, {});
    SaveBatch(folder + "/batch.safetensors", batch_, architecture_.input);
    WriteFile(folder + "/model.json", Describe());
    WriteFile(folder + "/model.py", Module());
    return "saved";
  }

  std::string Module() const {
    Checkpoint network;
    network.config.model = options_.model;
    network.config.dataset = options_.dataset;
    network.config.dropout = options_.dropout;
    network.architecture = architecture_;
    network.class_names.assign(static_cast<std::size_t>(architecture_.classes), "a class");
    const auto channels = static_cast<std::size_t>(architecture_.input.channels);
    return PytorchModel(network,
                        {std::vector<double>(channels, 0), std::vector<double>(channels, 1)});
  }

  std::string Losses(int steps) {
    Restart();
    std::vector<std::string> losses;
    for (int i = 0; i < steps; ++i) losses.push_back(fmt::format("{:.9g}", Step()));
    return Join(losses, " ");
  }

  template <class Turn>
  static std::string Milliseconds(int turns, const Turn& turn) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < turns; ++i) turn();
    const std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - start;
    return fmt::format("{:.6f}", elapsed.count() / turns);
  }

  static constexpr double kLearningRate = 0.01, kMomentum = 0.9;

  BenchOptions options_;
  Simd simd_;
  Architecture architecture_;
  SyntheticBatch batch_;
  std::unique_ptr<LoadedBatch> loaded_;
  std::vector<float> outputs_;
  std::unique_ptr<Network<float>> network_;
  std::unique_ptr<Optimizer<float>> optimizer_;
  std::uint32_t step_ = 0;
};

int Main(int argc, char** argv) {
  BenchOptions options;
  options.threads = 1;
  bool loaded = false;
  CLI::App app("Training steps on command (bench/peers/step.cc)");
  app.add_option("--model", options.model, "a preset or an architecture line");
  app.add_option("--dataset", options.dataset, "whose shape the images have");
  app.add_option("--norm", options.norm);
  app.add_option("--simd", options.simd);
  app.add_option("--dropout", options.dropout);
  app.add_option("--batch", options.batch)->check(CLI::Range(1, 16384));
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_flag("--loaded", loaded, "time with bytes that pass through the loader, as in training");
  CLI11_PARSE(app, argc, argv);
  return AnswerCommands("bench_step", [&] {
    return [racer = std::make_unique<Racer>(options, loaded)](const std::string& command) {
      return racer->Answer(command);
    };
  });
}

}  // namespace
}  // namespace normlab

int main(int argc, char** argv) { return normlab::Main(argc, argv); }
