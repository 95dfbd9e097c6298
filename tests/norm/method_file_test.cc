// A method's file: what may stand in it, what holds where it says nothing, and the place of each
// mistake.
#include "norm/equation/method_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "norm/equation/same_trees.h"
#include "norm/norm.h"
#include "norm/shipped_methods.h"

namespace normlab::equation {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kFrn[] = R"(title = "Filter response normalization"
source = "Singh & Krishnan 2019, equation 5"
equation = """
n = avg[H W](x^2)
y = max(weight[C] * x / sqrt(n + abs(e[C])) + bias[C], tau[C])
"""
activation = true
notes = "Two\nlines"

[learned.tau]
initial = -0.5
decay = false
bounds = [-1, inf]

[learned.e]
initial = 1e-6
)";

constexpr char kRunning[] = R"(
equation = 'm = avg[N H W](x); v = var[N H W](x); y = (x - m) / sqrt(v + eps)'
[running.m]
start = 0.5
state = "running_mean"
[running.v]
unbiased = false
)";

std::string Refused(const std::string& text) {
  try {
    ParseMethod(text, "mine.toml");
  } catch (const UsageError& error) {
    const std::string line = error.what();
    EXPECT_THAT(line, StartsWith("mine.toml"));
    EXPECT_THAT(line, Not(HasSubstr("\n")));
    return line;
  }
  return "accepted";
}

TEST(MethodFile, SaysWhatAMethodIs) {
  const Method method = ParseMethod(kFrn, "mine.toml");
  EXPECT_EQ(method.title, "Filter response normalization");
  EXPECT_EQ(method.source, "Singh & Krishnan 2019, equation 5");
  EXPECT_EQ(method.pytorch, "");
  EXPECT_EQ(method.notes, "Two\nlines");
  EXPECT_EQ(method.text, kFrn);
  EXPECT_TRUE(method.is_activation);
  ASSERT_EQ(method.equation.learned.size(), 4u);
  const auto row = [&](std::size_t i) {
    const LearnedRow& learned = method.learned[i];
    return std::tuple(method.equation.learned[i].name, learned.initial, learned.decays,
                      learned.lowest, learned.highest);
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(row(0), std::tuple("weight", 1.0, true, -kInfinity, kInfinity));
  EXPECT_EQ(row(1), std::tuple("e", 1e-6, true, -kInfinity, kInfinity));
  EXPECT_EQ(row(2), std::tuple("bias", 0.0, true, -kInfinity, kInfinity));
  EXPECT_EQ(row(3), std::tuple("tau", -0.5, false, -1.0, kInfinity));
  EXPECT_THAT(method.states, ElementsAre("", ""));
}

TEST(MethodFile, SaysWhatRunningValuesBeginAtAndAreCalled) {
  const Method method = ParseMethod(kRunning, "mine.toml");
  EXPECT_THAT(method.states, ElementsAre("running_mean", "running_v", ""));
  EXPECT_EQ(method.equation.statements[0].running->start, 0.5);
  EXPECT_FALSE(method.equation.statements[0].running->unbiased);
  EXPECT_EQ(method.equation.statements[1].running->start, 1);
  EXPECT_FALSE(method.equation.statements[1].running->unbiased);
}

TEST(MethodFile, TakesStatementsAlone) {
  const std::string text = "# mine\nm = avg[N](x)\ny = scale[C] * (x - m)";
  EXPECT_FALSE(IsMethodFile(text));
  const Method method = ParseMethod(text, "mine.toml");
  EXPECT_EQ(method.text, text);
  EXPECT_EQ(method.learned[0].initial, 0);
  EXPECT_THAT(method.states, ElementsAre("running_m", ""));
  EXPECT_TRUE(IsMethodFile("  title = \"x\""));
  EXPECT_TRUE(IsMethodFile("y = x\n[learned.tau]"));
}

// Line and column are the file's, whatever stands before the place.
TEST(MethodFile, MistakesInTheEquationHaveTheirPlaceInTheFile) {
  EXPECT_THAT(Refused("title = \"x\"\nequation = '''\nm = avg[H W](x)\ny = x - mm\n'''\n"),
              AllOf(StartsWith("mine.toml, line 4, column 9: unknown name 'mm'"),
                    HasSubstr("nearest is 'm'"), HasSubstr(": y = x - \u2038mm")));
  EXPECT_THAT(Refused("equation = \"y = x + nope\""),
              StartsWith("mine.toml, line 1, column 21: unknown name 'nope'"));
  EXPECT_THAT(Refused("equation = \"m = avg[H W](x)\\ny = x - mm\""),
              StartsWith("mine.toml, line 1, column 38: unknown name 'mm'"));
  EXPECT_THAT(Refused("# \u00e9\u00e9\n  equation = \"\"\"\\\n   y = x \\u002B nope\"\"\""),
              StartsWith("mine.toml, line 3, column 17: unknown name 'nope'"));
  EXPECT_THAT(Refused("equation = '''y = x -'''"), StartsWith("mine.toml, line 1, column 22: "));
  EXPECT_THAT(Refused("y = x +"), StartsWith("mine.toml: equation, line 1, column 8: expected"));
}

struct Mistake {
  const char* text;
  const char* place;
  const char* says;
};

TEST(MethodFile, RefusesWhatIsNotInTheEquation) {
  const Mistake mistakes[] = {
      {"titel = 'x'\nequation = 'y = x'", "line 1, column 1", "nearest is 'title'"},
      {"equation = 'y = x'\ntitel = 'x'", "line 2, column 1", "nearest is 'title'"},
      {"title = 'x'", "mine.toml: ", "expected the key equation"},
      {"title = 3\nequation = 'y = x'", "line 1, column 9", "found a number"},
      {"title = 'a <b>'\nequation = 'y = x'", "line 1, column 9", "found '<'"},
      {"title = '''\na\nb'''\nequation = 'y = x'", "line 1, column 9", "one line of at most 60"},
      {"activation = 1\nequation = 'y = x'", "line 1, column 14", "true or false"},
      {"equation = ['y = x']", "line 1, column 12", "found a list"},
      {"equation = y = x", "line 1", "a value"},
      {"equation = 'y = w[C] * x'\n[learned.ww]\n", "line 2, column 10", "the equation has w"},
      {"equation = 'y = x'\n[learned.w]\n", "line 2, column 10", "the equation has none"},
      {"equation = 'y = x'\n[learned]\nw = 3\n", "line 3, column 5", "written as [learned.NAME]"},
      {"learned = 3\nequation = 'y = x'", "line 1, column 11", "learned: expected a table"},
      {"equation = 'y = w[C] * x'\n[learned.w]\ninit = 1", "line 3, column 1", "'initial'"},
      {"equation = 'y = w[C] * x'\n[learned.w]\ninitial = nan", "line 3", "found nan"},
      {"equation = 'y = w[C] * x'\n[learned.w]\ninitial = 1e300", "line 3", "a float holds"},
      {"equation = 'y = w[C] * x'\n[learned.w]\ninitial = 'x'", "line 3", "found a word"},
      {"equation = 'y = w[C] * x'\n[learned.w]\nbounds = [1]", "line 3", "two numbers"},
      {"equation = 'y = w[C] * x'\n[learned.w]\nbounds = [1, 2]", "line 3", "found 0 in [1, 2]"},
      {"equation = 'y = w[C] * x'\n[learned.w]\nbounds = [2, -2]", "line 3", "low <= initial"},
      {"equation = 'm = avg[H W](x); y = x - m'\n[running.m]", "line 2, column 10",
       "keeps no running value"},
      {"equation = 'm = avg[N](x); y = x - m'\n[running.m]\nkeep = false", "line 3, column 1",
       "start, unbiased, state"},
      {"equation = 'm = avg[N](x); y = x - m'\n[running.m]\nstate = 'a b'", "line 3, column 9",
       "letters, digits"},
      {"equation = 'm = avg[N](x); y = w[C] * x - m'\n[running.m]\nstate = 'w'", "line 2",
       "which is taken"},
      {"title = 'right\u202eleft'\nequation = 'y = x'", "line 1, column 9",
       "an invisible character"},
      {"title = 'a\u200bb'\nequation = 'y = x'", "line 1, column 9", "an invisible character"},
      {"equation = 'm = avg[N](x); m_2 = avg[N H](x); y = x - m - m_2'", "line 1, column 12",
       "found 'running_m_2', which is taken"},
      {"m = avg[N](x); m_2 = avg[N H](x); y = x - m - m_2", "line 1, column 16",
       "than 'm_2': its running value, running_m_2, is taken: m"},
      {"equation = 'm = avg[N](x); y = x - m'\n[running.m]\nstate = 'num_batches_tracked'",
       "line 2", "which is taken"},
      {"equation = 'y = x'\n\x01", "line 2, column 1", "control character"},
      {"equation = 'y = x'\n\xff", "mine.toml", "UTF-8"},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_THAT(Refused(mistake.text), AllOf(HasSubstr(mistake.place), HasSubstr(mistake.says)))
        << mistake.text;
  }
}

TEST(MethodFile, RefusesWhatIsTooLong) {
  const std::string comment = "#" + std::string(1000, 'c') + "\n";
  std::string equation = "y = x\n";
  while (equation.size() <= (std::size_t{16} << 10)) equation += comment;
  EXPECT_THAT(Refused("equation = '''\n" + equation + "'''"),
              AllOf(HasSubstr("line 1"), HasSubstr("at most 16384 bytes")));
  std::string notes = "equation = 'y = x'\n";
  while (notes.size() <= kMostMethodBytes) notes += comment;
  EXPECT_THAT(Refused(notes), HasSubstr("at most 32768 bytes"));
  EXPECT_THAT(Refused("y = x\n#" + std::string(5000, 'c')),
              AllOf(HasSubstr("line 2"), HasSubstr("4096 bytes")));
}

TEST(ShippedMethods, AreTheirRoomsInTheRegistry) {
  ASSERT_EQ(ShippedMethods().size(), NormMethods().size());
  for (const NormMethod& method : NormMethods()) {
    ASSERT_TRUE(method.equation) << method.name;
    EXPECT_EQ(method.title, method.equation->title);
    EXPECT_TRUE(method.room.empty() || method.room == method.name) << method.room;
    EXPECT_FALSE(method.title.empty());
    EXPECT_TRUE(method.room.empty() || !method.pytorch.empty()) << method.name;
    EXPECT_EQ(method.source.empty(), method.name == "none");
    EXPECT_EQ(method.is_activation, method.equation->is_activation) << method.name;
    EXPECT_EQ(method.pools_images, method.equation->equation.PoolsImages()) << method.name;
    EXPECT_EQ(method.by_equation != nullptr, method.normalizes()) << method.name;
  }
}

// Its learned values and states in an order and of names that its room has.
TEST(ShippedMethods, LearnAndKeepWhatTheirRoomsDo) {
  const Shape shape{12, 3, 5};
  for (const NormMethod& method : NormMethods()) {
    if (!method.normalizes()) continue;
    const Attributes attributes = {{"groups", 3}, {"ghost", 0}, {"eps", 1e-5}, {"momentum", 0.1}};
    const auto of_room = method.operation.parameters(attributes, shape, shape);
    ASSERT_EQ(of_room.size(), method.equation->learned.size()) << method.name;
    for (std::size_t i = 0; i < of_room.size(); ++i) {
      EXPECT_EQ(of_room[i].name, method.equation->equation.learned[i].name) << method.name;
      EXPECT_EQ(of_room[i].initial.constant, method.equation->learned[i].initial) << method.name;
    }
    std::vector<std::string> states;
    for (const std::string& state : method.equation->states) {
      if (!state.empty()) states.push_back(state);
    }
    std::vector<std::string> kept;
    for (const auto& state : method.operation.states(attributes, shape).tensors) {
      kept.push_back(state.name);
    }
    EXPECT_EQ(states, kept) << method.name;
  }
}

TEST(SameTrees, KnowsRenamedStatementsAndValues) {
  const char* batch = "m = avg[N H W](x); v = var[N H W](x); y = w[C]*(x - m)/sqrt(v + eps) + b[C]";
  const char* renamed =
      "mean = avg[W H N](x)\nspread = var[N H W](x)\n"
      "y = (gamma[C] * (x - mean)) / sqrt(spread + eps) + beta[G K]";
  EXPECT_TRUE(SameTrees(ParseEquation(batch), ParseEquation(renamed)));
  for (const char* other :
       {"m = avg[H W](x); v = var[N H W](x); y = w[C]*(x - m)/sqrt(v + eps) + b[C]",
        "m = avg[N H W](x); v = var[N H W](x); y = w[C]*(x - m)/sqrt(v + 1e-5) + b[C]",
        "m = avg[N H W](x); v = var[N H W](x); y = w[C]*(x - m)/sqrt(v + eps) + b[G]",
        "m = avg[N H W](x); v = var[N H W](x); y = w[C]*(x - m)/sqrt(v + eps) + w[C]",
        "m = avg[N H W](x); v = var[N H W](x); y = w[C]*(x - m)/sqrt(m + eps) + b[C] + 0*v",
        "m = avg[N H W](x); v = var[N H W](x); y = w[C]*(x - m.running)/sqrt(v + eps) + b[C]"}) {
    EXPECT_FALSE(SameTrees(ParseEquation(batch), ParseEquation(other))) << other;
  }
}

// A chain that reads each statement twice is no longer work than it is long.
TEST(SameExpressions, AreFoundInTwoChainsAlike) {
  std::string text = "a0 = x + 1; b0 = x + 1";
  for (int i = 1; i <= 40; ++i) {
    for (const char* name : {"a", "b"}) {
      const std::string before = name + std::to_string(i - 1);
      text += std::string("; ") + name + std::to_string(i) + " = " + before + " * " + before;
    }
  }
  const Equation equation = ParseEquation(text + "; y = a40 - b40");
  const std::vector<std::size_t> same = SameExpressions(equation);
  const Node& y = equation.nodes[equation.output()];
  EXPECT_EQ(same[y.arguments[1]], same[y.arguments[0]]);
  EXPECT_NE(same[equation.output()], same[y.arguments[0]]);
}

}  // namespace
}  // namespace normlab::equation

namespace normlab {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kEquation = "m = avg[C H W](x)\ny = gain[C] * (x - m)";

TEST(OwnMethods, AreOnePerTextAndStayWhereTheyAre) {
  const NormMethod& method = FindNormMethod(kEquation);
  for (int i = 0; i < 100; ++i) FindNormMethod(kEquation + " + " + std::to_string(i));
  EXPECT_EQ(&FindNormMethod(kEquation), &method);
  EXPECT_NE(&FindNormMethod(kEquation + "\n"), &method);
  EXPECT_EQ(method.place, 0);
  EXPECT_EQ(method.room, "");
  EXPECT_FALSE(method.has_statistics);
  EXPECT_FALSE(method.running_statistics);
  EXPECT_TRUE(FindNormMethod("m = avg[N](x); y = x - m").running_statistics);
  EXPECT_EQ(&NormChoice(kEquation).method(), &method);
  EXPECT_EQ(NormNames().size(), NormMethods().size());
}

TEST(OwnMethods, AreCalledByTheirTitleOrTheirHash) {
  EXPECT_THAT(NormLabel(kEquation), testing::MatchesRegex("own-[0-9a-f]{8}"));
  const auto titled = [](const std::string& title) {
    return "title = '" + title + "'\nequation = 'y = gain[C] * x'";
  };
  EXPECT_EQ(NormLabel(titled("My norm, 2")), "My norm, 2");
  EXPECT_THAT(NormLabel(titled("Batch")), testing::MatchesRegex("Batch-[0-9a-f]{8}"))
      << "batch is another method";
  EXPECT_THAT(DistinctNormLabel(titled("My norm")), testing::MatchesRegex("My norm-[0-9a-f]{8}"));
  EXPECT_EQ(DistinctNormLabel(kEquation), NormLabel(kEquation));
  EXPECT_EQ(NormLabel("batch"), "batch");
  EXPECT_EQ(DistinctNormLabel("batch"), "batch");
  EXPECT_EQ(NormLabel("unknown"), "unknown");
  EXPECT_THAT(NormLabel("y = ="), StartsWith("own-")) << "what is wrong is said elsewhere";
}

TEST(OwnMethods, RunByTheRoomOfTheShippedOneThatTheyAre) {
  const std::string text = "a = avg[K H W](x)\nb = var[K H W](x)\n";
  const NormMethod& group =
      FindNormMethod("title = 'Mine'\nequation = '''" + text +
                     "y = p[C] * (x - a) / sqrt(b + eps) + q[C]'''\n[learned.p]\ninitial = 1");
  EXPECT_EQ(group.room, "group");
  EXPECT_EQ(group.name, "Mine");
  EXPECT_EQ(group.operation.name, FindNormMethod("group").operation.name);
  EXPECT_NE(group.by_equation, nullptr);
  EXPECT_EQ(FindNormMethod(text + "y = p[C] * (x - a) / sqrt(b + eps) + q[C]").room, "")
      << "its weight begins at 0";
  EXPECT_EQ(FindNormMethod("y = x").room, "none");
  for (const NormMethod& method : NormMethods()) {
    EXPECT_EQ(FindNormMethod(method.equation->text).room, method.room) << method.name;
  }
}

TEST(OwnMethods, AreRefusedInOneLine) {
  try {
    FindNormMethod("y = x / sqrt(vv)");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), StartsWith("norm: equation, line 1, column 14: unknown name 'vv'"));
  }
}

}  // namespace
}  // namespace normlab
