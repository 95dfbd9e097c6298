// Random numbers by address, not by history: every draw is a pure function of where it is used.
//
// Philox4x32 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
// key = the seed, counter = (item, epoch, purpose, index). Order, augmentation and dropout
// therefore do not depend on threads, on block size, on what ran before, or on resumption.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace normlab {

enum class Purpose : std::uint32_t {
  kInitialization = 1,  // item = the filter's number, epoch = 0; beside it (a bias) 1, 2, ...
  kShuffle = 2,         // item = 0
  kAugmentation = 3,    // item = the image's index in the training split
  kDropout = 4,         // item = the image's index; purpose word also carries the operation
  kValidation = 5,      // which training images are held out
  kSamples = 6,         // which images a picture shows
  kExample = 7,         // worked examples: item = 0 for x, 1 for dy
  kBootstrap = 8,       // which values a resample takes
  kTestSplit = 9,  // which pictures of a folder without a split are tested on: item = the class
  kMix = 10,       // how a batch's images are mixed: item = the step, from 0
  kTrials = 11,    // what keys a trial of a tuning has: item = the trial
};

using PhiloxWords = std::array<std::uint32_t, 4>;

// `rounds` = 10 is the authors' standard; 7 is the smallest number that passes BigCrush (their
// table 2) and is used where the generator stands in the inner loop (dropout).
template <int rounds = 10>
constexpr PhiloxWords Philox4x32(PhiloxWords counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key0,
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key1,
               static_cast<std::uint32_t>(product0)};
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

// The draws that belong to one address, in order.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, Purpose purpose, std::uint32_t epoch, std::uint32_t item)
      : seed_(seed), counter_{item, epoch, static_cast<std::uint32_t>(purpose), 0} {}

  std::uint32_t NextBits() {
    if (used_ == 4) {
      words_ = Philox4x32<10>(counter_, static_cast<std::uint32_t>(seed_),
                              static_cast<std::uint32_t>(seed_ >> 32));
      ++counter_[3];
      used_ = 0;
    }
    return words_[used_++];
  }

  // Uniform in [0, 1) with 53 random bits.
  double Uniform() {
    const std::uint64_t high = NextBits() >> 5, low = NextBits() >> 6;
    return static_cast<double>((high << 26) | low) * 0x1p-53;
  }
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }

  // Of mean 0 and deviation 1 (Box & Muller 1958; the second of the pair is not used).
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(1 - Uniform()));
    return radius * std::cos(2 * std::numbers::pi * Uniform());
  }

  // Uniform in 0 .. bound-1 without bias (Lemire, "Fast random integer generation in an interval",
  // 2019). Requires bound > 0.
  std::uint32_t Below(std::uint32_t bound) {
    std::uint64_t product = std::uint64_t{NextBits()} * bound;
    if (static_cast<std::uint32_t>(product) < bound) {
      const std::uint32_t threshold = (0u - bound) % bound;
      while (static_cast<std::uint32_t>(product) < threshold) {
        product = std::uint64_t{NextBits()} * bound;
      }
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

 private:
  std::uint64_t seed_;
  PhiloxWords counter_;
  PhiloxWords words_{};
  int used_ = 4;
};

}  // namespace normlab
