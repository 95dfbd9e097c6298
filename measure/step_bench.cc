#include "measure/step_bench.h"

#include <chrono>

#include "model/initialize.h"

namespace normlab {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr double kLearningRate = 0.01, kMomentum = 0.9;

template <class Work>
double Seconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<bool> Convolutions(const std::vector<OperationInfo>& infos) {
  std::vector<bool> chosen;
  for (const OperationInfo& info : infos) chosen.push_back(info.is_convolution());
  return chosen;
}

}  // namespace

StepBench::StepBench(const Architecture& architecture, int batch, const FastOptions& options,
                     const std::string& optimizer)
    : architecture_(architecture),
      optimizer_kind_(optimizer),
      images_(architecture.input, architecture.classes, batch, kSeed),
      network_(std::make_unique<FastNetwork>(architecture.plan, batch, options)),
      profile_(network_->operation_infos().size(), network_->max_blocks()),
      log_probabilities_(static_cast<std::size_t>(batch) *
                         static_cast<std::size_t>(architecture.classes)) {
  network_->ChooseOperations(Convolutions(network_->operation_infos()));
  Restart();
}

void StepBench::Restart() {
  InitializeParameters<float>(architecture_, kSeed, network_->parameters());
  InitializeBuffers<float>(architecture_, network_->buffers());
  OptimizerOptions options;
  options.kind = optimizer_kind_;
  options.lr = kLearningRate;
  options.momentum = kMomentum;
  const std::vector<std::uint8_t> none(network_->parameters().size(), 0);
  optimizer_ = MakeOptimizer<float>(
      options, ParameterGroups(network_->parameter_infos(), none, "none", "none"));
  step_ = 0;
}

double StepBench::Step() {
  return Seconds([&] {
    network_->Train(images_.batch(), {kSeed, ++step_});
    optimizer_->Step(network_->parameters(), network_->gradients(), kLearningRate, kMomentum);
  });
}

double StepBench::ConvolutionsAlone() {
  return Seconds([&] { network_->RunChosen(images_.batch()); });
}

double StepBench::Evaluate() {
  return Seconds([&] { network_->Evaluate(images_.batch(), log_probabilities_); });
}

StepTimes StepBench::ProfiledStep() {
  StepTimes times;
  profile_.Clear();
  network_->set_profile(&profile_);
  times.pass = Seconds([&] { network_->Train(images_.batch(), {kSeed, ++step_}); });
  network_->set_profile(nullptr);
  times.optimizer = Seconds([&] {
    optimizer_->Step(network_->parameters(), network_->gradients(), kLearningRate, kMomentum);
  });
  const std::size_t operations = network_->operation_infos().size();
  for (std::size_t i = 0; i < operations; ++i) {
    for (int phase = 0; phase < kPhases; ++phase) {
      times.tasks.push_back(profile_.Seconds(static_cast<int>(i), static_cast<Phase>(phase)));
    }
  }
  return times;
}

}  // namespace normlab
