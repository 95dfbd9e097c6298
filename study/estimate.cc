#include "study/estimate.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/cores.h"
#include "config/check.h"
#include "config/training_engine.h"
#include "data/dataset.h"
#include "model/initialize.h"
#include "train/batches.h"
#include "train/statistics_comparison.h"

namespace normlab {
namespace {

// Pixels in [-1, 1), as cheap to make as a table look-up: what is measured is the network.
class PatternImages : public ImageSource {
 public:
  explicit PatternImages(const Shape& shape) : shape_(shape) {}

  void Fill(int first, int count, float* images) const override {
    for (int n = first; n < first + count; ++n) {
      for (int c = 0; c < shape_.channels; ++c) {
        for (int y = 0; y < shape_.height; ++y) {
          for (int x = 0; x < shape_.width; ++x) {
            const int mixed = (31 * c + 17 * y + 7 * x * x + 13 * n) % 256;
            *images++ = static_cast<float>(mixed - 128) / 128.0f;
          }
        }
      }
    }
  }

 private:
  Shape shape_;
};

// The first pass also touches the memory, and a busy machine may stretch any single one: of many
// networks that evens out.
constexpr int kPasses = 6, kPassesOfMany = 2;
constexpr std::size_t kMany = 12;

constexpr int kPlainImages = 16;  // the plain engines take images one by one: a few tell as much

template <typename T>
double SecondsPerImage(const Config& config, const Architecture& architecture, int images,
                       int passes, Network<T>& network) {
  InitializeParameters(architecture, config.seed, network.parameters());
  InitializeBuffers(architecture, network.buffers());
  const PatternImages source(architecture.input);
  const std::vector<std::uint8_t> labels(static_cast<std::size_t>(images), 0);
  std::vector<std::uint32_t> ids(labels.size());
  std::iota(ids.begin(), ids.end(), 0);
  const Batch batch{images, &source, labels.data(), ids.data()};
  double best = 0;
  for (int i = 0; i < passes; ++i) {
    const auto start = std::chrono::steady_clock::now();
    network.Train(batch, {config.seed, 1});
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    best = i == 0 ? passed.count() : std::min(best, passed.count());
  }
  return best / images;
}

double MeasureArm(const Config& config, const ExecutionOptions& execution, int threads,
                  int passes) {
  const Architecture architecture = MakeArchitecture(config);
  const Engine& engine = EngineOf(execution);
  const int images = engine.plain ? std::min(config.batch_size, kPlainImages) : config.batch_size;
  return VisitNetwork(engine, architecture, images,
                      {ParseSimd(execution.simd), threads, ParseDevice(execution.device).number},
                      [&](auto& network) {
                        return SecondsPerImage(config, architecture, images, passes, network);
                      });
}

double TrainedImages(const Config& config, const DatasetInfo& info) {
  const double all = info.train_images - config.validation;
  const double images = all * config.epochs;
  if (config.max_steps == 0) return images;
  return std::min(images, static_cast<double>(config.max_steps) * config.batch_size);
}

// That pass forward after an epoch.
double EvaluatedImages(const Config& config, const ExecutionOptions& execution,
                       const DatasetInfo& info) {
  const double tested = info.test_images, held_out = config.validation;
  const Architecture architecture = MakeArchitecture(config);
  if (!ComparesStatistics(execution, architecture)) return tested + held_out;
  const double kinds = static_cast<double>(StatisticsKinds(architecture.plan->sites).size());
  const double estimated_from =
      std::min<double>(kCleanTrainImages, info.train_images - config.validation);
  return tested * (1 + kinds) + held_out + estimated_from;
}

// In images that are trained on. A forward pass is a third of a step: the gradients of inputs and
// of weights cost as much each.
double PassedImages(const Config& config, const ExecutionOptions& execution,
                    const DatasetInfo& info) {
  const double trained = TrainedImages(config, info);
  const double passes = trained / (info.train_images - config.validation);
  return trained + std::max(1.0, passes) * EvaluatedImages(config, execution, info) / 3;
}

// What a step's time depends on: the network and the batch, as text.
std::string NetworkText(const Config& config) {
  Config network = config;
  const Config usual;
  network.seed = 1;
  network.lr = usual.lr;
  network.momentum = usual.momentum;
  network.schedule = usual.schedule;
  network.augment = usual.augment;
  network.epochs = usual.epochs;
  network.max_steps = usual.max_steps;
  network.validation = usual.validation;
  network.l1 = network.l2 = 0;
  return CanonicalText(network);
}

// More threads than cores take turns.
double Stretch(const JobSplit& split) {
  return std::max(1.0, static_cast<double>(split.jobs) * split.threads / Cores());
}

}  // namespace

Estimate EstimateStudy(const StudyPlan& plan, const JobSplit& split) {
  Estimate estimate;
  std::map<std::pair<std::string, int>, double> measured;  // by network, threads
  std::vector<std::string> networks;                       // of each arm
  for (const Arm& arm : plan.arms) networks.push_back(NetworkText(arm.config));
  const std::size_t different = std::set(networks.begin(), networks.end()).size();
  const int passes = different > kMany ? kPassesOfMany : kPasses;
  std::vector<double> seconds;
  for (const Arm& arm : plan.arms) {
    const int threads =
        split.ThreadsOf(static_cast<int>(seconds.size()), static_cast<int>(plan.arms.size()));
    const Config& config = arm.config;
    const auto key = std::make_pair(networks[seconds.size()], threads);
    if (!measured.contains(key)) {
      measured[key] = MeasureArm(config, plan.execution, threads, passes);
    }
    const DatasetInfo& info = FindDatasetInfo(config.dataset);
    seconds.push_back(measured[key] * PassedImages(config, plan.execution, info));
    estimate.multiply_adds +=
        TrainedImages(config, info) * static_cast<double>(MultiplyAdds(MakeArchitecture(config)));
  }
  estimate.seconds = SecondsSideBySide(seconds, split.jobs) * Stretch(split);
  return estimate;
}

}  // namespace normlab
