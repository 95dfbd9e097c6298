// The PyTorch text of an equation as a text; norm.EquationsInPyTorch runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "norm/equation/pytorch_names.h"
#include "norm/equation/pytorch_text.h"

namespace normlab::equation {
namespace {

using testing::HasSubstr;
using testing::Not;

PytorchText TextOf(const std::string& name, const std::string& title, const std::string& text) {
  Method method;
  method.name = name;
  method.title = title;
  method.equation = ParseEquation(text);
  method.learned.resize(method.equation.learned.size(), {.initial = 3});
  for (const Statement& statement : method.equation.statements) {
    method.states.push_back(statement.running ? "running_" + statement.name : "");
  }
  return PytorchTextOf(method);
}

TEST(PytorchText, AsksForWhatTheEquationNeedsAlone) {
  EXPECT_EQ(TextOf("plain", "", "y = 2 * x").call, "PlainEquation()");
  EXPECT_EQ(TextOf("dyt", "", "y = weight[C] * tanh(alpha[] * x) + bias[C]").call,
            "DytEquation(channels)");
  EXPECT_EQ(TextOf("rms", "", "y = gain[C H W] * x / sqrt(avg[C H W](x^2) + eps)").call,
            "RmsEquation(channels, height, width, eps=EPS)");
  EXPECT_EQ(TextOf("my-group", "", "m = avg[K H W](x); y = x - m").call, "MyGroupEquation(groups)");
  EXPECT_EQ(TextOf("ghost", "", "m = avg[M H W](x); y = x - m").call,
            "GhostEquation(channels, ghost=GHOST, momentum=MOMENTUM)");
}

// Whether a statement is a plain number is found once, however often others read it.
TEST(PytorchText, ALongChainOfPlainNumbersStaysPlain) {
  std::string text = "p0 = eps + 1";
  for (int i = 1; i <= 40; ++i) {
    const std::string before = "p" + std::to_string(i - 1);
    text += "; p" + std::to_string(i) + " = " + before + " * " + before + " - " + before;
  }
  EXPECT_THAT(TextOf("chain", "", text + "; y = x * sqrt(p40)").definition,
              HasSubstr("s_y = x * math.sqrt(s_p40)"));
}

TEST(PytorchText, HoldsParametersAndBuffersByTheirNames) {
  const std::string text =
      TextOf("a", "", "m = avg[N H W](x); y = weight[C] * (x - m) + train[G] + b[H W]").definition;
  EXPECT_THAT(text, HasSubstr("self.weight = nn.Parameter(torch.full((channels,), 3.0))"));
  EXPECT_THAT(text, HasSubstr("self.learned_train = nn.Parameter(torch.full((groups,), 3.0))"));
  EXPECT_THAT(text, HasSubstr("self.b = nn.Parameter(torch.full((height, width), 3.0))"));
  EXPECT_THAT(text, HasSubstr("self.register_buffer(\"running_m\", torch.full((channels,), 0.0))"));
  EXPECT_THAT(text, HasSubstr("num_batches_tracked"));
}

TEST(PytorchText, IsOneClassWhateverTheTitleHolds) {
  const PytorchText text = TextOf("3d", "\"\"\"\nimport os\\", "y = x  # \"\"\" and \xE2\x82\xAC");
  EXPECT_EQ(text.class_name, "The3dEquation");
  EXPECT_THAT(text.definition, testing::StartsWith("class The3dEquation(nn.Module):\n"));
  EXPECT_THAT(text.definition, Not(HasSubstr("\nimport")));
  EXPECT_THAT(text.definition, Not(HasSubstr("\xE2")));
  EXPECT_THAT(text.definition, Not(testing::EndsWith("\n")));
}

TEST(PytorchText, LeavesNamesThatArePythons) {
  EXPECT_EQ(PytorchName("weight"), "weight");
  EXPECT_EQ(PytorchName("lambda"), "learned_lambda");
  EXPECT_EQ(PytorchName("forward"), "learned_forward");
  EXPECT_EQ(PytorchName("_buffers"), "learned__buffers");
  EXPECT_EQ(PytorchName("learned_lambda"), "learned_learned_lambda");
}

}  // namespace
}  // namespace normlab::equation
