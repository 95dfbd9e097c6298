#include "train/mixing.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace normlab {
namespace {

// The logarithm of a draw from Gamma(shape, 1): Marsaglia & Tsang 2000; below shape 1 by their note
// to raise it by 1. Small shapes give values below the smallest double, whose logarithms are none.
double LogGamma(double shape, RandomStream& stream) {
  if (shape < 1) {
    const double raised = LogGamma(shape + 1, stream);
    return raised + std::log(1 - stream.Uniform()) / shape;
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = stream.Normal();
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = 1 - stream.Uniform();
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return std::log(d * v);
  }
}

double Beta(double alpha, RandomStream& stream) {
  const double a = LogGamma(alpha, stream), b = LogGamma(alpha, stream);
  return 1 / (1 + std::exp(b - a));
}

// From `middle` half the length to both sides, cut at 0 and at `end`.
std::pair<int, int> Cut(int middle, double half, int end) {
  const int reach = static_cast<int>(half * end);
  return {std::max(middle - reach, 0), std::min(middle + reach, end)};
}

// Float holds a multiple of 2^-24 and what it leaves of 1 exactly: an image's shares are
// together 1.
double Exact(double share) { return std::nearbyint(std::ldexp(share, 24)) * 0x1p-24; }

}  // namespace

const ChoiceFamily& MixFamily() {
  static const ChoiceFamily family = {
      "mix", {{"none", {}, {}}, {"mixup", {{"alpha", 1}}, {}}, {"cutmix", {{"alpha", 1}}, {}}}};
  return family;
}

BatchMix DrawMix(const Choice& mix, Shape image, RandomStream& stream) {
  BatchMix drawn;
  drawn.weight = Exact(Beta(NumberOf(MixFamily(), mix, "alpha"), stream));
  if (mix.name != "cutmix") return drawn;
  const double half = 0.5 * std::sqrt(1 - drawn.weight);
  const int column = static_cast<int>(stream.Below(static_cast<std::uint32_t>(image.width)));
  const int row = static_cast<int>(stream.Below(static_cast<std::uint32_t>(image.height)));
  const auto [left, right] = Cut(column, half, image.width);
  const auto [top, bottom] = Cut(row, half, image.height);
  drawn.box = {top, left, bottom - top, right - left};
  drawn.weight = Exact(1 - static_cast<double>(drawn.box.height * drawn.box.width) /
                               static_cast<double>(image.width * image.height));
  return drawn;
}

BatchMixer::BatchMixer(Choice mix, Shape image, int classes, std::uint64_t seed)
    : mix_(std::move(mix)), image_(image), classes_(classes), seed_(seed) {}

void BatchMixer::Apply(std::int64_t step, Batch& batch) {
  RandomStream stream(seed_, Purpose::kMix, static_cast<std::uint32_t>(step >> 32),
                      static_cast<std::uint32_t>(step));
  const BatchMix drawn = DrawMix(mix_, image_, stream);
  const float weight = static_cast<float>(drawn.weight);
  const bool boxed = mix_.name == "cutmix";
  mixes_.resize(static_cast<std::size_t>(batch.count));
  distributions_.assign(mixes_.size() * static_cast<std::size_t>(classes_), 0);
  for (int i = 0; i < batch.count; ++i) {
    const int partner = (i + batch.count - 1) % batch.count;
    mixes_[static_cast<std::size_t>(i)] = {partner, boxed ? 1 : weight, drawn.box};
    float* shares =
        &distributions_[static_cast<std::size_t>(i) * static_cast<std::size_t>(classes_)];
    shares[batch.labels[i]] += weight;
    shares[batch.labels[partner]] += 1 - weight;
  }
  batch.mixes = mixes_.data();
  batch.distributions = distributions_.data();
}

}  // namespace normlab
