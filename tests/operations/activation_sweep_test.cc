// The value and the derivative of every activation on lanes against its twin in double, on every
// instruction set: within the errors that its kind declares.
//
// Every run takes each 2003rd float, special values and the neighbours of every threshold; all
// floats take minutes an activation:
//
//   NORMLAB_FLOAT_STRIDE=1 build/tests/operations_test --gtest_filter='*ActivationSweep*'
//
// The largest errors are printed.
#include <gtest/gtest.h>

#include "tests/operations/activation_maps.h"
#include "tests/operations/float_errors.h"

namespace normlab {
namespace {

using namespace floats;

const Shape kChunkShape = {1, 4, kChunk / 4 / kBlock};

// Of one instruction set and quantity: where it leaves the declared error, and how near it comes.
struct Found {
  double units = 0;     // the largest where `absolute` does not cover it,
  double absolute = 0;  // the largest beyond `units`
  float outside = 0;
  bool left = false;

  void Take(const FloatError& declared, float x, float computed, double exact) {
    const double distance = std::isnan(exact) && std::isnan(computed) ? 0 : computed - exact;
    const double in_units = computed == exact ? 0 : ErrorOf(computed, exact);
    const bool within_units = in_units <= declared.units;
    const bool within_absolute = std::abs(distance) <= declared.absolute;
    if (!within_absolute) units = std::max(units, in_units);
    if (!within_units) absolute = std::max(absolute, std::abs(distance));
    if (within_units || within_absolute || left) return;
    left = true;
    outside = x;
  }
};

// Computes chunks of arguments on lanes and in double.
class Sweep {
 public:
  explicit Sweep(const OperationKind& kind)
      : errors_(*kind.activation), plain_(kind, {}, kChunk, {1, 1, 1}) {
    for (const Simd simd : SupportedSimd()) {
      fast_.push_back({std::make_unique<FastActivation>(kind, Attributes(), 1, kChunkShape,
                                                        ActivationSituation{.simd = simd}),
                       simd,
                       {},
                       {}});
      std::fill_n(fast_.back().activation->dy.block(0).origin, kChunk, 1.0f);
    }
    std::ranges::fill(plain_.dy.values, 1.0);
  }

  template <class Next>
  void Run(Next next) {
    for (bool more = true; more;) {
      std::size_t count = 0;
      while (count < kChunk && (more = next(&x_[count]))) ++count;
      std::fill(x_ + count, x_ + kChunk, 1.0f);
      std::copy_n(x_, kChunk, plain_.x.values.begin());
      plain_.Run();
      for (OnLanes& fast : fast_) Compare(fast);
    }
  }

  void Expect(const std::string& name) const {
    const bool print = FromEnvironment("NORMLAB_FLOAT_STRIDE", 0) > 0;
    for (const OnLanes& fast : fast_) {
      for (const auto& [quantity, found] :
           {std::pair("value", fast.value), {"derivative", fast.derivative}}) {
        EXPECT_FALSE(found.left) << name << "'s " << quantity << ", " << SimdName(fast.simd)
                                 << ", of " << found.outside << ": " << found.units << " units, "
                                 << found.absolute;
        if (!print) continue;
        std::printf("%-10s %-10s %-6s %.4f units, beyond the declared ones %.3g\n", name.c_str(),
                    quantity, std::string(SimdName(fast.simd)).c_str(), found.units,
                    found.absolute);
      }
    }
  }

 private:
  struct OnLanes {
    std::unique_ptr<FastActivation> activation;
    Simd simd;
    Found value, derivative;
  };

  // At infinities PyTorch's derivatives are no numbers, or are; of NaN they say nothing.
  void Compare(OnLanes& fast) {
    std::copy_n(x_, kChunk, fast.activation->x.block(0).origin);
    fast.activation->Forward();
    fast.activation->Backward();
    const float* y = fast.activation->y.block(0).origin;
    const float* dx = fast.activation->dx.block(0).origin;
    for (std::size_t i = 0; i < kChunk; ++i) {
      fast.value.Take(errors_.value, x_[i], y[i], plain_.y.values[i]);
      if (!std::isfinite(x_[i])) continue;
      fast.derivative.Take(errors_.derivative, x_[i], dx[i], plain_.dx.values[i]);
    }
  }

  const ActivationErrors errors_;
  PlainActivation<double> plain_;
  std::vector<OnLanes> fast_;
  float x_[kChunk];
};

class ActivationSweep : public testing::TestWithParam<Activation> {};

TEST_P(ActivationSweep, StaysWithinTheDeclaredErrorsOverAllFloats) {
  Sweep sweep(*GetParam().kind);
  sweep.Run(EveryFloat(FromEnvironment("NORMLAB_FLOAT_STRIDE", kStride)));
  sweep.Run(From(Thresholds()));
  sweep.Expect(std::string(GetParam().name));
}

INSTANTIATE_TEST_SUITE_P(Registry, ActivationSweep, testing::ValuesIn(Activations()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace normlab
