#include "norm/equation/source_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "norm/equation/same_trees.h"
#include "norm/norm.h"
#include "tests/norm/random_equation.h"

namespace normlab::equation {
namespace {

std::string TextOf(const Equation& equation) {
  std::string text;
  for (std::size_t i = 0; i < equation.statements.size(); ++i) {
    text += StatementText(equation, i) + "\n";
  }
  return text;
}

std::string LastStatement(const std::string& text) {
  const Equation equation = ParseEquation(text);
  return StatementText(equation, equation.statements.size() - 1);
}

TEST(SourceText, IsReadAsTheSameTreesInRandomEquations) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Equation equation = ParseEquation(MakeRandomEquation(seed).text);
    const Equation again = ParseEquation(TextOf(equation));
    EXPECT_TRUE(SameTrees(equation, again)) << equation.text << "\n\n" << again.text;
    EXPECT_EQ(TextOf(again), again.text);
    for (std::size_t i = 0; i < equation.statements.size(); ++i) {
      EXPECT_EQ(again.statements[i].name, equation.statements[i].name);
    }
  }
}

TEST(SourceText, OfTheShippedMethodsIsWhatTheirFilesSay) {
  for (const NormMethod& method : NormMethods()) {
    const Equation& equation = method.equation->equation;
    // Without what the file's tables say of running values.
    const Equation written = ParseEquation(equation.text);
    EXPECT_TRUE(SameTrees(written, ParseEquation(TextOf(equation)))) << method.name;
  }
  EXPECT_EQ(TextOf(FindNormMethod("batch").equation->equation),
            "m = avg[N H W](x)\nv = var[N H W](x)\n"
            "y = weight[C] * (x - m) / sqrt(v + eps) + bias[C]\n");
}

TEST(SourceText, HasTheFewestBrackets) {
  EXPECT_EQ(LastStatement("y = ((x) * (2)) + ((x / (3)))"), "y = x * 2 + x / 3");
  EXPECT_EQ(LastStatement("y = (x + 1) + (x + 2)"), "y = x + 1 + (x + 2)");
  EXPECT_EQ(LastStatement("y = (x - 1) - (x - 2)"), "y = x - 1 - (x - 2)");
  EXPECT_EQ(LastStatement("y = (x * 2) * (x * 3)"), "y = x * 2 * (x * 3)");
  EXPECT_EQ(LastStatement("y = (x / 2) / (x / 3)"), "y = x / 2 / (x / 3)");
  EXPECT_EQ(LastStatement("y = -(x^2) * (-x)^(2)"), "y = -x^2 * (-x)^2");
  EXPECT_EQ(LastStatement("y = (x^2)^(3^2) + x^(-2)"), "y = (x^2)^3^2 + x^-2");
  EXPECT_EQ(LastStatement("y = -(x + 1) - -x"), "y = -(x + 1) - -x");
  EXPECT_EQ(LastStatement("y = max((x), clip((x + 1), (-1), 1))"),
            "y = max(x, clip(x + 1, -1, 1))");
}

TEST(SourceText, WritesEveryKindOfValue) {
  EXPECT_EQ(LastStatement("y=x*a[]+b[W C]*ramp(-1,2.5,0,1e6)+eps+momentum+groups*ghost"),
            "y = x * a[] + b[C W] * ramp(-1, 2.5, 0, 1000000) + eps + momentum + groups * ghost");
  EXPECT_EQ(LastStatement("m=avg[W H M](x)\ny=x-stop(m)+m.running*0.1"),
            "y = x - stop(m) + m.running * 0.1");
}

TEST(SourceText, NamesStatementsAndSpellsTheirValuesOut) {
  const Equation equation = ParseEquation("m = avg[H W](x^2)\nsame = m\ny = x / sqrt(same + m)");
  EXPECT_EQ(StatementText(equation, 0), "m = avg[H W](x^2)");
  EXPECT_EQ(StatementText(equation, 1), "same = m");
  EXPECT_EQ(StatementText(equation, 2), "y = x / sqrt(m + m)");
  EXPECT_EQ(NodeText(equation, equation.statements[0].node), "m");
  EXPECT_EQ(ExpressionText(equation, equation.statements[0].node), "avg[H W](x^2)");
  EXPECT_EQ(NodeText(equation, equation.nodes[equation.statements[0].node].arguments[0]), "x^2");
  EXPECT_EQ(StatementOf(equation, 0), kNoStatement);
  EXPECT_EQ(StatementAround(equation, 0), 0u);
  EXPECT_EQ(StatementAround(equation, equation.nodes.size() - 1), 2u);
}

// Each statement doubles the one before: spelled out the last would have 2^199 names.
TEST(SourceText, IsNeverLongerThanWhatWasWritten) {
  std::string text = "s0 = x\n";
  for (int i = 1; i < 199; ++i) {
    text += "s" + std::to_string(i) + " = s" + std::to_string(i - 1) + " + s" +
            std::to_string(i - 1) + "\n";
  }
  text += "y = s198\n";
  const Equation equation = ParseEquation(text);
  EXPECT_EQ(TextOf(equation), text);
  EXPECT_EQ(ExpressionText(equation, equation.output()), "s197 + s197");
}

}  // namespace
}  // namespace normlab::equation
