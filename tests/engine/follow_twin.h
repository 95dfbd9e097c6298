// One step of the fast engine against its plain twin in double.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/engine/random_pixels.h"

namespace normlab {

struct Case {
  std::string model = "C5 c7 C6v P C6x2 c9 GAP c4!";
  Shape input{3, 11, 13};
  int classes = 4;
  ModelOptions options;
  int batch = 17;
  float shift = 0;
  Simd simd = BestSimd();
  int threads = 1;
  std::uint64_t seed = 3;  // of the weights
};

inline std::string Describe(const Case& c) {
  std::ostringstream line;
  line << "'" << c.model << "' of " << c.input.channels << "x" << c.input.height << "x"
       << c.input.width << ", " << c.classes << " classes, " << c.options.norm.name() << ", groups "
       << c.options.groups << ", " << OrderText(c.options.order) << ", " << c.options.activation
       << ", dropout " << c.options.dropout << ", eps " << c.options.norm_eps << ", momentum "
       << c.options.norm_momentum
       << (c.options.statistics_per_application ? ", statistics per application" : "") << ", batch "
       << c.batch << ", shift " << c.shift << ", " << SimdName(c.simd) << ", " << c.threads
       << " threads, weights " << c.seed;
  return line.str();
}

template <typename T>
struct Outcome {
  double train_loss = 0, test_loss = 0, batch_loss = 0;
  int correct = 0;
  std::string broken;  // FirstNonFiniteLayer after the training step
  std::vector<T> gradients, buffers;
  std::vector<float> log_probabilities;
  std::vector<double> batch_statistics;
  std::vector<std::int64_t> counters;
  // Of every unit after the training step: the mean and the mean square before its normalization
  // and after it.
  std::vector<double> units;
};

template <typename T>
void AddMoments(const std::vector<T>& values, std::vector<double>& moments) {
  double sum = 0, squares = 0;
  for (const T value : values) {
    sum += value;
    squares += double{value} * value;
  }
  const double count = std::max<double>(1, static_cast<double>(values.size()));
  moments.push_back(sum / count);
  moments.push_back(squares / count);
}

template <typename T>
Outcome<T> RunSteps(const Case& c, const Plan& plan, Network<T>& network) {
  InitializeParameters<T>(plan, c.seed, network.parameters());
  InitializeBuffers<T>(plan, network.buffers());
  // Affine parameters away from 1 and 0, so that a missing one shows.
  for (const ParameterInfo& info : network.parameter_infos()) {
    if (info.role == ParameterRole::kFilter) continue;
    for (std::size_t i = 0; i < info.size; ++i) {
      network.parameters()[info.offset + i] +=
          static_cast<T>(0.25f * std::sin(static_cast<float>(i + info.offset)));
    }
  }
  const RandomPixels pixels(plan.ShapeOf(0), c.shift);
  std::vector<std::uint8_t> labels(c.batch);
  std::vector<std::uint32_t> image_ids(c.batch);
  for (int i = 0; i < c.batch; ++i) {
    labels[i] = static_cast<std::uint8_t>(i * 7 % network.classes());
    image_ids[i] = static_cast<std::uint32_t>(1000 + 3 * i);
  }
  const Batch batch = {c.batch, &pixels, labels.data(), image_ids.data()};
  Outcome<T> outcome;
  outcome.train_loss = network.Train(batch, {9, 4}).loss_sum;
  outcome.gradients.assign(network.gradients().begin(), network.gradients().end());
  outcome.batch_statistics.assign(network.batch_statistics().begin(),
                                  network.batch_statistics().end());
  network.VisitUnits([&](const UnitValues<T>& unit) {
    AddMoments(unit.before, outcome.units);
    AddMoments(unit.after, outcome.units);
  });
  outcome.broken = network.FirstNonFiniteLayer();
  outcome.log_probabilities.resize(static_cast<std::size_t>(c.batch) * network.classes());
  const BatchResult test = network.Evaluate(batch, outcome.log_probabilities);
  outcome.test_loss = test.loss_sum;
  outcome.correct = test.correct;
  outcome.batch_loss = network.EvaluateOnBatchStatistics(batch, {}).loss_sum;
  outcome.buffers.assign(network.buffers().begin(), network.buffers().end());
  for (const CounterInfo& counter : network.counters()) outcome.counters.push_back(counter.value);
  return outcome;
}

inline std::shared_ptr<const Plan> PlanOf(const Case& c) {
  return ParseArchitecture(c.model, c.input, c.classes, c.options).plan;
}

inline Outcome<float> RunFast(const Case& c, const std::shared_ptr<const Plan>& plan) {
  return RunSteps(c, *plan, *MakeFastNetwork(plan, c.batch, {c.simd, c.threads}));
}

template <typename T>
Outcome<T> RunTwin(const Case& c, const std::shared_ptr<const Plan>& plan) {
  return RunSteps(c, *plan, *MakeReferenceNetwork<T>(plan, c.batch));
}

// What is granted beyond the differences of ordinary networks.
struct Tolerance {
  double of_largest_gradient = 0;  // of the whole network
  double of_rounding = 0;  // of a tensor's largest gradient, where that is only double's rounding
  double relative = 0;     // of losses and log-probabilities
};

// On an OpenCL device: what networks of a normalization over few values or of running ones are
// granted (tests/engine/random_networks_test.cc).
inline constexpr Tolerance kOnDevice = {0x1p-20, 0x1p31, 1e-5};

// What two engines gave, value by value, and where they part.
class Differences {
 public:
  // Each |a - b| within `absolute` + `relative` |b|.
  template <class A, class B>
  void Compare(const std::string& what, const A& a, const B& b, double absolute,
               double relative = 0) {
    if (a.size() != b.size()) {
      Add(what, static_cast<double>(a.size()), static_cast<double>(b.size()));
      return;
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto mine = static_cast<double>(a[i]), theirs = static_cast<double>(b[i]);
      if (std::abs(mine - theirs) <= absolute + relative * std::abs(theirs)) continue;
      Add(what + " " + std::to_string(i), mine, theirs);
      return;
    }
  }
  void CompareOne(const std::string& what, double a, double b, double absolute,
                  double relative = 0) {
    Compare(what, std::array{a}, std::array{b}, absolute, relative);
  }
  // Per tensor: the largest difference over the largest value. Float32 sums of some hundred terms
  // through ten layers lose about 2^-24 * sqrt(100) each, so 5e-5; and where deviations are small,
  // as those of a few channels at one pixel are, what float32 costs the plain engine itself.
  void CompareGradients(const Plan& plan, const Outcome<float>& fast, const Outcome<float>& plain,
                        const Outcome<double>& reference, const Tolerance& more) {
    double largest_of_all = 0;
    for (const double exact : reference.gradients) {
      largest_of_all = std::max(largest_of_all, std::abs(exact));
    }
    for (const ParameterInfo& info : plan.parameters) {
      double largest = 0, plain_error = 0;
      for (std::size_t i = info.offset; i < info.offset + info.size; ++i) {
        const double exact = reference.gradients[i];
        largest = std::max(largest, std::abs(exact));
        plain_error = std::max(plain_error, std::abs(plain.gradients[i] - exact));
      }
      dead_ += largest == 0;
      const auto part = [&info](const auto& all) {
        return std::vector<double>(
            all.begin() + static_cast<std::ptrdiff_t>(info.offset),
            all.begin() + static_cast<std::ptrdiff_t>(info.offset + info.size));
      };
      Compare("gradient of " + info.name, part(fast.gradients), part(reference.gradients),
              5e-5 * largest + 1e-7 + 4 * plain_error + more.of_largest_gradient * largest_of_all +
                  (largest < 1e-11 ? more.of_rounding * largest : 0));
    }
  }

  const std::string& text() const { return text_; }  // empty where they agree
  int dead() const { return dead_; }                 // tensors without any gradient

 private:
  void Add(const std::string& what, double a, double b) {
    std::ostringstream line;
    line << what << ": " << std::setprecision(9) << a << ", the twin " << b << "\n";
    text_ += line.str();
  }

  std::string text_;
  int dead_ = 0;
};

// Of an engine's outcome.
inline Differences CompareWithTwin(const Case& c, const std::shared_ptr<const Plan>& plan,
                                   const Outcome<float>& fast, const Tolerance& more = {}) {
  const Outcome<double> reference = RunTwin<double>(c, plan);
  const Outcome<float> plain = RunTwin<float>(c, plan);
  Differences differences;
  const double loss = 1e-5 * c.batch;
  differences.CompareOne("loss", fast.train_loss, reference.train_loss, loss, more.relative);
  differences.CompareOne("evaluation's loss", fast.test_loss, reference.test_loss, loss,
                         more.relative);
  differences.CompareOne("loss of evaluation on the batch", fast.batch_loss, reference.batch_loss,
                         loss, more.relative);
  differences.CompareOne("correct", fast.correct, reference.correct, 0);
  differences.Compare("counters", fast.counters, reference.counters, 0);
  differences.CompareGradients(*plan, fast, plain, reference, more);
  differences.Compare("buffer", fast.buffers, reference.buffers, 1e-5, 1e-5);
  differences.Compare("moment of a unit", fast.units, reference.units, 1e-4, 1e-4);
  differences.Compare("batch statistic", fast.batch_statistics, reference.batch_statistics, 1e-5,
                      1e-5);
  differences.Compare("log-probability", fast.log_probabilities, reference.log_probabilities, 1e-4,
                      more.relative);
  return differences;
}

inline Differences CompareEngines(const Case& c, const std::shared_ptr<const Plan>& plan,
                                  const Tolerance& more = {}) {
  return CompareWithTwin(c, plan, RunFast(c, plan), more);
}

inline Differences CompareEngines(const Case& c, const Tolerance& more = {}) {
  return CompareEngines(c, PlanOf(c), more);
}

// A value at the kink of a ReLU, or two that compete for a maximum, may fall on either side in
// float32, and then a gradient has another value altogether. That is chance, so a network whose
// engines really differ does so with other weights as well.
inline std::string DifferencesWithAnyWeights(Case c, const Tolerance& more, int* redrawn) {
  for (c.seed = 3; c.seed < 6; ++c.seed, ++*redrawn) {
    if (CompareEngines(c, more).text().empty()) return "";
  }
  c.seed = 3;
  return CompareEngines(c, more).text();
}

inline void ExpectEnginesAgree(const Case& c, const Tolerance& more = {}) {
  SCOPED_TRACE(Describe(c));
  const Differences differences = CompareEngines(c, more);
  EXPECT_EQ(differences.text(), "");
  EXPECT_EQ(differences.dead(), 0) << "tensors without any gradient";
}

}  // namespace normlab
