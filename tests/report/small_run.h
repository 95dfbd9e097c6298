// Records by hand for the tests of findings: arms with a final accuracy and what a test adds.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

inline ArmRecord SmallArm(const std::string& label, std::uint64_t seed, double test_accuracy) {
  ArmRecord arm;
  arm.label = label;
  arm.norm = label.substr(0, label.find(' '));
  arm.folder = label + "-seed" + std::to_string(seed);
  arm.seed = seed;
  arm.state = "finished";
  EpochRecord row;
  row.epoch = 1;
  row.test_accuracy = test_accuracy;
  arm.metrics = {row};
  return arm;
}

inline void AddCleanAccuracy(ArmRecord& arm, double accuracy, int images = 10000) {
  if (!arm.last) arm.last.emplace();
  arm.last->clean_train_images = images;
  arm.last->clean_train_accuracy = accuracy;
}

inline RunRecord SmallRun(std::vector<ArmRecord> arms) {
  RunRecord run;
  run.recipe = "small";
  run.dataset = "cifar10";
  run.class_names = {"cat", "dog", "owl"};
  run.arms = std::move(arms);
  return run;
}

// Three values by hand: Student's t with two degrees of freedom has the distribution function
// 1/2 + t / (2 sqrt(2 + t^2)), and so the 97.5 % quantile 0.95 sqrt(2 / (1 - 0.95^2)).
struct OfThree {
  double mean, deviation, low, high, p;
  OfThree(double a, double b, double c) {
    mean = (a + b + c) / 3;
    const double squares = std::pow(a - mean, 2) + std::pow(b - mean, 2) + std::pow(c - mean, 2);
    deviation = std::sqrt(squares / 2);
    const double error = deviation / std::sqrt(3.0);
    const double half = 0.95 * std::sqrt(2 / (1 - 0.95 * 0.95)) * error;
    low = mean - half;
    high = mean + half;
    const double t = std::abs(mean) / error;
    p = 1 - t / std::sqrt(2 + t * t);
  }
  // One-sided, that the mean lies within -+ margin.
  double Equivalence(double margin) const {
    const double t = (margin - std::abs(mean)) / (deviation / std::sqrt(3.0));
    return 0.5 - t / (2 * std::sqrt(2 + t * t));
  }
};

}  // namespace normlab
