// What an equation may be written as, and what is said of one that is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "norm/equation/equation.h"

namespace normlab::equation {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kBatch[] =
    "m = avg[N H W](x)\n"
    "v = var[N H W](x)\n"
    "y = weight[C] * (x - m) / sqrt(v + eps) + bias[C]\n";

TEST(ParseEquation, ReadsBatchNormalization) {
  const Equation batch = ParseEquation(kBatch);
  ASSERT_EQ(batch.statements.size(), 3u);
  EXPECT_EQ(batch.statements[0].name, "m");
  ASSERT_TRUE(batch.statements[0].running);
  EXPECT_EQ(batch.statements[0].running->start, 0);
  EXPECT_FALSE(batch.statements[0].running->unbiased);
  EXPECT_EQ(batch.statements[1].running->start, 1);
  EXPECT_TRUE(batch.statements[1].running->unbiased);
  EXPECT_FALSE(batch.statements[2].running);
  const Equation renamed = ParseEquation("m = avg[N H W](x); k = m; y = x - k");
  EXPECT_TRUE(renamed.statements[0].running);
  EXPECT_FALSE(renamed.statements[1].running) << "another name keeps nothing of its own";
  ASSERT_EQ(batch.learned.size(), 2u);
  EXPECT_EQ(batch.learned[0].name, "weight");
  EXPECT_EQ(batch.learned[0].axes, Axes::Channels());
  EXPECT_EQ(batch.nodes[batch.statements[1].node].axes.text(), "C");
  EXPECT_EQ(batch.nodes[batch.output()].axes.text(), "N C H W");
  EXPECT_TRUE(batch.PoolsImages());
}

TEST(ParseEquation, TakesSemicolonsCommentsAndLinesWithinBrackets) {
  const Equation one = ParseEquation("m = avg[C H W](x); y = x - m # centred\n\n;");
  EXPECT_EQ(one.statements.size(), 2u);
  EXPECT_FALSE(one.PoolsImages());
  EXPECT_EQ(ParseEquation("y = relu(\n  x +\n  1)").statements.size(), 1u);
}

// As in mathematics: a power before a sign before a product before a sum, powers from the right.
TEST(ParseEquation, BindsAsMathematicsDoes) {
  const Equation equation = ParseEquation("y = 1 - 2 * -x ^ 2 ^ 3");
  const Node& sum = equation.nodes[equation.output()];
  EXPECT_EQ(sum.function, Function::kSubtract);
  const Node& product = equation.nodes[sum.arguments[1]];
  EXPECT_EQ(product.function, Function::kMultiply);
  const Node& sign = equation.nodes[product.arguments[1]];
  EXPECT_EQ(sign.function, Function::kNegate);
  const Node& power = equation.nodes[sign.arguments[0]];
  EXPECT_EQ(power.function, Function::kPower);
  EXPECT_EQ(equation.nodes[power.arguments[1]].function, Function::kPower);
}

TEST(ParseEquation, BroadcastsByName) {
  const Equation equation = ParseEquation("g = avg[K H W](x); b = avg[M H W](x); y = x - g * b");
  EXPECT_EQ(equation.nodes[equation.statements[0].node].axes.text(), "N G");
  EXPECT_EQ(equation.nodes[equation.statements[1].node].axes.text(), "B C");
}

TEST(ParseEquation, ReadsRunningValuesBeforeAndByThemselves) {
  const Equation equation = ParseEquation("m = avg[N H W](x - m.running); y = x - stop(m)");
  bool read = false;
  for (const Node& node : equation.nodes) {
    if (node.kind != Node::Kind::kRunning) continue;
    read = true;
    EXPECT_EQ(node.axes.text(), "C");
    EXPECT_EQ(node.index, 0u);
  }
  EXPECT_TRUE(read);
}

std::string Refusal(const std::string& text) {
  try {
    ParseEquation(text);
  } catch (const UsageError& error) {
    const std::string line = error.what();
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    return line;
  }
  ADD_FAILURE() << "accepted: " << text;
  return "";
}

TEST(ParseEquation, ShowsThePlaceOfAMistake) {
  EXPECT_EQ(Refusal("m = avg[C H W](x)\ny = x - mm"),
            "equation, line 2, column 9: unknown name 'mm'; the nearest is 'm'; a learned value is "
            "written with its axes, mm[C]: y = x - \u2038mm");
}

TEST(ParseEquation, RefusesWhatIsNoEquation) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "expected a statement, such as y = x, found the end of the equation"},
      {"y", "expected = behind the statement's name, found the end of the statement"},
      {"y =", "expected a value: a name, a number or a bracket, found the end of the statement"},
      {"y = (x", "expected ) for the bracket that was opened, found the end of the statement"},
      {"y = x)", "expected an operator, or the end of the statement"},
      {"y = x x", "expected an operator, or the end of the statement"},
      {"y = 2x", "expected a sign between a number and a name, such as 2 * x"},
      {"y = x \xc3\x97 2", "found '\xc3\x97'"},
      {"y = 1e999 * x", "expected a number that is 0 or from 1e-308 to 1e308, found '1e999'"},
      {"y = x ** 2", "expected a value: a name, a number or a bracket, found '*'"},
      {"y = (x; 2)", "expected a closing bracket before the end of the statement"},
      {"z = x", "expected y, what is passed on, in the last statement, found 'z'"},
      {"y = x; z = x", "nothing reads 'y'"},
      {"m = avg[H W](x); y = x", "nothing reads 'm'"},
      {"y = avg[H W](x)", "y: expected all axes of x, found no H W"},
      {"y = x - shift", "a learned value is written with its axes, shift[C]"},
      {"y = x - z; z = x", "found 'z', which comes later: y = x - \u2038z"},
      {"y = x - z; z = avg[N](x)", "which comes later; its running value is z.running"},
      {"y = y * x", "found 'y', which this statement names: y"},
      {"m = avg[N](m) + x; y = m", "found 'm', which this statement names"},
      {"y = x * weight[C] + weight[H]", "expected weight[C], as where it was first named"},
      {"y = x * weight[C] + weight", "expected the axes of the learned value"},
      {"y = x * weight[N]", "a learned value has no axis of images"},
      {"m = avg[N](x); y = x * running_m[C] - m", "found 'running_m', as running values"},
      {"y = x * num_batches_tracked[C]", "as running values are called in a checkpoint"},
      {"y = x * eps[C]", "expected a new name for a learned value"},
      {"y = x - avg[N H W](x)", "a reduction over images is a statement of its own"},
      {"m = avg[B](x); y = x - m", "B is pooled with M"},
      {"m = avg[H H](x); y = x - m", "expected each axis once"},
      {"m = avg[H](x); z = avg[H W](m); y = x - z", "avg[H W]: expected axes of what it pools"},
      {"m = avg[](x); y = x - m", "avg: expected an axis to pool"},
      {"m = avg[Z](x); y = x - m", "B M and G K; with spaces between) or ], found 'Z': m"},
      {"m = avg[HW](x); y = x - m", "found 'HW'; write [H W]: m"},
      {"y = x * weight[c]", "found 'c'; write [C]: y"},
      {"m = avg[N,C](x); y = x - m", "with spaces between) or ], found ',': m"},
      {"m = mean[H W](x); y = x - m", "unknown reduction 'mean': expected one of avg, sum, var"},
      {"m = avg(x); y = x - m", "expected the axes that avg pools, such as avg[H W](x)"},
      {"y = sqr(x)", "unknown function 'sqr'; the nearest is 'sqrt'"},
      {"y = max(x)", "max: expected 2 values in its brackets, found 1"},
      {"y = clip(x, 1)", "clip: expected 3 values in its brackets, found 2"},
      {"y = x * ramp(0, 1, 5, 2)", "expected steps 0 <= from <= to"},
      {"y = x * ramp(eps, 1, 0, 2)", "ramp: expected a plain number"},
      {"m = avg[C](x); y = x - m.running", "which keeps no running value"},
      {"y = x - m.running", "unknown name 'm': y"},
      {"y = x - m.runing", "expected running behind the point"},
      {"x = x; y = x", "expected a new name for this statement, found x"},
      {"N = x; y = N", "found 'N', an axis"},
      {"eps = x; y = eps", "found 'eps', a key"},
      {"avg = x; y = avg", "found 'avg', a function"},
      {"m = avg[C](x); m = avg[H](x); y = x - m", "found 'm', which has a statement already"},
  };
  for (const auto& [text, words] : cases) {
    EXPECT_THAT(Refusal(text), AllOf(HasSubstr("equation, line 1, column "), HasSubstr(words)))
        << text;
  }
}

TEST(ParseEquation, HasLimits) {
  std::string deep = "y = x", row = "y = x", many;
  for (int i = 0; i < 40; ++i) deep = "y = abs(" + deep.substr(4) + ")";
  for (int i = 0; i < 70; ++i) row += " + 1";
  for (int i = 0; i < 201; ++i) many += "y = x\n";
  EXPECT_THAT(Refusal(deep), HasSubstr("at most 32 deep"));
  EXPECT_THAT(Refusal("y = " + std::string(5000, '-') + "x"), HasSubstr("at most 32 deep"));
  EXPECT_THAT(Refusal("y = x" + std::string(5000, '^')), HasSubstr("expected a value"));
  EXPECT_THAT(Refusal(row), HasSubstr("at most 64 terms in a row"));
  EXPECT_THAT(Refusal(many), HasSubstr("at most 200 statements"));
  EXPECT_THAT(Refusal(std::string(20000, ' ')), HasSubstr("expected at most 16384 bytes"));
}

}  // namespace
}  // namespace normlab::equation
