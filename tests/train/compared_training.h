// A small training beside which every kind of statistics is kept, for the tests of the comparison.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/train/small_data.h"
#include "train/trainer.h"

namespace normlab {

inline constexpr double kMomentum = 0.2;
inline constexpr int kBatchSize = 16;     // 83 training images: the last batch of an epoch has 3
inline constexpr int kStepsPerEpoch = 6;  // after 20 images are held out of 103

inline constexpr char kRepeated[] = "C8 C8x2 P c6 c6x3 GAP c3!";
inline constexpr char kPlain[] = "C8 C8 P c6 GAP c3!";

inline Architecture Small(const std::string& model, bool per_application) {
  ModelOptions options;
  options.norm = "batch";
  options.norm_momentum = kMomentum;
  options.dropout = 0.2;
  options.statistics_per_application = per_application;
  return ParseArchitecture(model, kSmall, 3, options);
}

inline TrainOptions Options() {
  TrainOptions options;
  options.epochs = 4;
  options.batch_size = kBatchSize;
  options.validation = 20;
  options.optimizer = {"sgd", 0.05, 0.9, false, 0.001};
  options.schedule = {"multistep", {{"gamma", 0.5}}, {{"milestones", "1 3"}}};
  return options;
}

template <typename T>
using MakeNetwork = std::function<std::unique_ptr<Network<T>>(const Architecture&)>;

inline const MakeNetwork<double> kReference64 = [](const Architecture& architecture) {
  return MakeReferenceNetwork<double>(architecture, kBatchSize);
};
inline const MakeNetwork<float> kReference = [](const Architecture& architecture) {
  return MakeReferenceNetwork<float>(architecture, kBatchSize);
};

inline MakeNetwork<float> Fast(Simd simd) {
  return [=](const Architecture& architecture) {
    return MakeFastNetwork(architecture, kBatchSize, {simd, 2});
  };
}

// A network in training and what is compared beside it.
template <typename T>
struct Trained {
  Trained(const MakeNetwork<T>& make, bool per_application, const std::string& model = kRepeated)
      : network(make(Small(model, per_application))),
        comparison(make(Small(model, true)), kMomentum) {
    InitializeParameters<T>(Small(model, per_application), 1, network->parameters());
    InitializeBuffers<T>(Small(model, per_application), network->buffers());
  }

  TrainResult Train(const Dataset& dataset, const std::string& state = "", Notebook notebook = {}) {
    return TrainWith(dataset, state, notebook);
  }

  TrainResult TrainWith(const Dataset& dataset, const std::string& state, Notebook& notebook,
                        std::int64_t stop_at = 0, bool compared = true) {
    std::atomic<bool> stop = false;
    notebook.stop = &stop;
    notebook.stop_at = stop_at;
    return normlab::Train<T>(*network, dataset, nullptr, Options(), state, notebook, stop,
                             compared ? &comparison : nullptr);
  }

  std::unique_ptr<Network<T>> network;
  StatisticsComparison<T> comparison;
};

template <typename T>
const SiteStatistics<T>& Of(StatisticsComparison<T>& comparison, const std::string& name) {
  for (const auto& part : comparison.state()) {
    if (part.name == name) return part.values;
  }
  throw RunError("no state " + name);
}

// Equal bits, where the numbers are finite.
inline void ExpectSameScores(const std::vector<StatisticsScore>& a,
                             const std::vector<StatisticsScore>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].kind, b[i].kind);
    EXPECT_EQ(std::isfinite(a[i].test_loss), std::isfinite(b[i].test_loss));
    if (std::isfinite(a[i].test_loss)) {
      EXPECT_EQ(a[i].test_loss, b[i].test_loss);
    }
    EXPECT_EQ(a[i].test_accuracy, b[i].test_accuracy);
  }
}

// Makes one kind's variances negative before each evaluation of the first epoch.
template <typename T>
struct Breaks : Notebook {
  explicit Breaks(StatisticsComparison<T>& of) : comparison(of) {}
  void OnLastPass(int epoch) override {
    Notebook::OnLastPass(epoch);
    if (epoch != 1) return;
    for (auto& part : comparison.state()) {
      if (part.name == "statistics.shared") std::ranges::fill(part.values, T{-1});
    }
  }
  StatisticsComparison<T>& comparison;
};

}  // namespace normlab
