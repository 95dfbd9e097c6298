// The depthwise convolution inside a plan: both gradients from one visit, what it reads normalized
// on the way, the maps' borders, several threads.
#include <gtest/gtest.h>

#include "engine/fast/fusion.h"
#include "operations/fast/depthwise.h"
#include "tests/engine/draft.h"
#include "tests/engine/follow_twin.h"

namespace normlab {
namespace {

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  DepthwisePlan plan;
  plan.kernel = placement.attributes.integer("kernel");
  plan.stride = placement.attributes.integer("stride");
  plan.padding = plan.kernel / 2;
  plan.store = placement.store;
  plan.weights = placement.parameters[0];
  plan.bias = placement.parameters[1];
  plan.x = placement.x().values;
  plan.affine = placement.x().affine;
  plan.x_gradient = placement.x().gradient;
  plan.y = placement.output.values;
  plan.y_gradient = placement.output.gradient;
  plan.weight_gradient = placement.gradients[0];
  plan.bias_gradient = placement.gradients[1];
  plan.workspace = placement.workspace;
  return MakeDepthwise(placement.simd, plan);
}

template <typename T>
class PlainDepthwise : public reference::Operation<T> {
 public:
  explicit PlainDepthwise(const reference::Placement<T>& placement)
      : placement_(placement),
        kernel_(placement.attributes.integer("kernel")),
        stride_(placement.attributes.integer("stride")) {}

  Shape OutputShape(const Shape&) const override { return placement_.output; }

  void Forward(const reference::Pass&, const reference::Tensor<T>& x,
               reference::Tensor<T>& y) override {
    for (std::size_t e = 0; e < y.values.size(); ++e) {
      y.values[e] = placement_.parameters[1][e / y.shape.pixels() % y.shape.channels];
    }
    ForEachProduct(x, [&](std::size_t out, std::size_t in, std::size_t tap) {
      y.values[out] += placement_.parameters[0][tap] * x.values[in];
    });
  }

  void Backward(const reference::Pass&, const reference::Tensor<T>& x,
                const reference::Tensor<T>& y, const reference::Tensor<T>& dy,
                reference::Tensor<T>* dx) override {
    if (dx != nullptr) std::fill(dx->values.begin(), dx->values.end(), T{0});
    ForEachProduct(x, [&](std::size_t out, std::size_t in, std::size_t tap) {
      placement_.gradients[0][tap] += dy.values[out] * x.values[in];
      if (dx != nullptr) dx->values[in] += dy.values[out] * placement_.parameters[0][tap];
    });
    for (std::size_t e = 0; e < dy.values.size(); ++e) {
      placement_.gradients[1][e / y.shape.pixels() % y.shape.channels] += dy.values[e];
    }
  }

 private:
  // visit(element of y, of x, of the filters) for every product of the definition.
  template <class Visit>
  void ForEachProduct(const reference::Tensor<T>& x, const Visit& visit) const {
    const Shape &in = x.shape, &out = placement_.output;
    std::size_t at = 0;
    for (int plane = 0; plane < x.images * in.channels; ++plane) {
      for (int q = 0; q < out.height; ++q) {
        for (int p = 0; p < out.width; ++p, ++at) {
          for (int k = 0; k < kernel_ * kernel_; ++k) {
            const int row = q * stride_ + k / kernel_ - kernel_ / 2;
            const int column = p * stride_ + k % kernel_ - kernel_ / 2;
            if (row < 0 || column < 0 || row >= in.height || column >= in.width) continue;
            visit(at, At((plane * in.height + row) * in.width + column),
                  At(plane % in.channels * kernel_ * kernel_ + k));
          }
        }
      }
    }
  }

  reference::Placement<T> placement_;
  int kernel_, stride_;
};

template <typename T>
std::unique_ptr<reference::Operation<T>> MakePlain(const reference::Placement<T>& placement) {
  return std::make_unique<PlainDepthwise<T>>(placement);
}

const OperationKind& DepthwiseKind() {
  static const OperationKind kind = {
      .name = "depthwise",
      .output_shape =
          [](const Attributes& attributes, std::span<const Shape> inputs) {
            const int stride = attributes.integer("stride");
            return Shape{inputs[0].channels, (inputs[0].height - 1) / stride + 1,
                         (inputs[0].width - 1) / stride + 1};
          },
      .parameters = [](const Attributes& attributes, Shape input,
                       Shape) -> std::vector<ParameterDeclaration> {
        const int kernel = attributes.integer("kernel");
        return {{"weight",
                 {input.channels, 1, kernel, kernel},
                 ParameterRole::kFilter,
                 {InitialKind::kFanIn}},
                {"bias", {input.channels}, ParameterRole::kShift, {InitialKind::kConstant}}};
      },
      .traits = {.stores = Store::kPositivePart, .gradient_apart = true},
      .input_border = [](const Attributes& attributes) { return attributes.integer("kernel") / 2; },
      .gradient_border =
          [](const Attributes& attributes) { return attributes.integer("kernel") / 2; },
      .reads_affine = [](Simd, const Attributes&, Shape, Shape) { return true; },
      .make_fast = MakeFast,
      .make_float = MakePlain<float>,
      .make_double = MakePlain<double>};
  return kind;
}

int AddDepthwise(Draft& draft, int x, const std::string& layer, int kernel, int stride,
                 int application = 1) {
  return draft.Add(
      DepthwiseKind(), {x}, layer,
      {{"kernel", static_cast<double>(kernel)}, {"stride", static_cast<double>(stride)}},
      application);
}

void ExpectTheTwin(const std::shared_ptr<const Plan>& plan) {
  for (const int batch : {1, 15, 16, 17, 33}) {
    for (const Simd simd : SupportedSimd()) {
      Case c;
      c.batch = batch;
      c.simd = simd;
      c.threads = batch > 16 ? 2 : 1;
      SCOPED_TRACE(Describe(c));
      const Differences differences = CompareEngines(c, plan);
      EXPECT_EQ(differences.text(), "");
      EXPECT_EQ(differences.dead(), 0);
    }
  }
}

TEST(DepthwisePlan, OfTheImages) {
  Draft draft;
  ExpectTheTwin(draft.Finish(draft.Relu(AddDepthwise(draft, draft.images(), "D1", 3, 1), "D1")));
}

// MobileNet's order: normalized, then the ReLU, which the next one reads as a map.
TEST(DepthwisePlan, BetweenConvolutions) {
  for (const int kernel : {3, 5, 7}) {
    for (const int stride : {1, 2}) {
      SCOPED_TRACE(testing::Message() << kernel << ", stride " << stride);
      Draft draft;
      int x = draft.Convolution(draft.images(), 6, "C1");
      x = draft.Relu(draft.Norm("batch", x, "C1"), "C1");
      x = AddDepthwise(draft, x, "D2", kernel, stride);
      x = draft.Relu(draft.Norm("batch", x, "D2"), "D2");
      ExpectTheTwin(draft.Finish(draft.Convolution(x, 5, "C3", 1)));
    }
  }
}

TEST(DepthwisePlan, OfANormalizationThatNoMapHolds) {
  for (const char* norm : {"batch", "group", "instance"}) {
    for (const int stride : {1, 2}) {
      SCOPED_TRACE(testing::Message() << norm << ", stride " << stride);
      Draft draft;
      const int c = draft.Relu(draft.Convolution(draft.images(), 6, "C1"), "C1");
      const int normalized = draft.Norm(norm, c, "C1");
      const int x = draft.Relu(AddDepthwise(draft, normalized, "D2", 3, stride), "D2");
      const auto plan = draft.Finish(x);
      ASSERT_TRUE(Fuse(*plan, BestSimd()).affine[At(normalized)]);
      ExpectTheTwin(plan);
    }
  }
}

TEST(DepthwisePlan, AppliedTwice) {
  Draft draft;
  int x = draft.Relu(draft.Convolution(draft.images(), 6, "C1"), "C1");
  x = draft.Relu(AddDepthwise(draft, x, "D2", 3, 1), "D2");
  x = AddDepthwise(draft, x, "D2", 3, 1, 2);
  ExpectTheTwin(draft.Finish(x));
}

}  // namespace
}  // namespace normlab
