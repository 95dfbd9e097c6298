// Files of values that are wrong: one line that names the key and the index path, never a crash and
// never unbounded memory.
#include "explain/values_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ExampleInput Taken(const std::string& text, std::string_view norm = "batch",
                   FitValues fit = FitValues::kExactly) {
  ExampleInput input;
  input.method = &FindNormMethod(norm);
  input.extents.groups = 1;
  TakeExampleValues(ParseExampleValues(text, "v.json"), fit, 1, input);
  return input;
}

std::string Refusal(const std::string& text, std::string_view norm = "batch") {
  try {
    Taken(text, norm);
  } catch (const DataError& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    EXPECT_THAT(error.what(), StartsWith("v.json:"));
    return error.what();
  }
  ADD_FAILURE() << "accepted: " << text.substr(0, 200);
  return "";
}

const char* const kX = R"("x":[[[[1,2]],[[3,4]]]])";
std::string With(const std::string& more) { return fmt::format("{{{},{}}}", kX, more); }

TEST(ExampleValues, TakeEveryKey) {
  for (const char* words :
       {R"("weight":[2,3],"bias":[-1,0.5])", R"("gamma":[2,3],"beta":[-1,0.5])"}) {
    const ExampleInput input = Taken(
        With(std::string(words) + R"(,"running_mean":[1,2],"running_var":[0,4e0],)"
                                  R"("momentum":0.3,"eps":0,"steps":7,"dy":[[[[5,6]],[[7,-8]]]])"));
    EXPECT_EQ(ValueExtents(input.extents, Axes::All()), (std::vector<int>{1, 2, 1, 2}));
    EXPECT_EQ(input.x, (Doubles{1, 2, 3, 4}));
    EXPECT_EQ(input.learned, (std::vector<Doubles>{{2, 3}, {-1, 0.5}}));
    EXPECT_EQ(input.running, (std::vector<Doubles>{{1, 2}, {0, 4}, {}}));
    EXPECT_EQ(input.constants.momentum, 0.3);
    EXPECT_EQ(input.constants.eps, 0);
    EXPECT_EQ(input.constants.step, 7);
    EXPECT_EQ(input.dy, (Doubles{5, 6, 7, -8}));
  }
}

TEST(ExampleValues, LeftOutAreAsANewLayerStarts) {
  const ExampleInput input = Taken(fmt::format("{{{}}}", kX));
  EXPECT_EQ(input.learned, (std::vector<Doubles>{{1, 1}, {0, 0}}));
  EXPECT_EQ(input.running, (std::vector<Doubles>{{0, 0}, {1, 1}, {}}));
  EXPECT_EQ(input.constants.momentum, 0.1);
  EXPECT_EQ(input.constants.eps, 1e-5);
  EXPECT_EQ(input.dy, DrawOutputGradient(4, 1));
}

TEST(ExampleValues, OfAnExplanationAreItsInputs) {
  const ExampleInput input =
      Taken(fmt::format(R"({{"schema":1,"y":"ignored","inputs":{{{}}}}})", kX));
  EXPECT_EQ(input.x, (Doubles{1, 2, 3, 4}));
}

TEST(ExampleValues, AWeightPerChannelServesAllItsElementsWhereMethodsAreCompared) {
  const std::string text = With(R"("weight":[2,3])");
  EXPECT_EQ(Taken(text, "layer-elementwise", FitValues::kLoosely).learned[0],
            (Doubles{2, 2, 3, 3}));
  EXPECT_THAT(Refusal(text, "layer-elementwise"),
              AllOf(HasSubstr("weight: expected 2x1x2 values for layer-elementwise, found 2")));
}

// dy is the gradient, so that a learned value of this name is called otherwise in a file.
TEST(ExampleValues, OfALoneNumberAndATakenName) {
  const ExampleInput input =
      Taken(With(R"("alpha":0.25,"learned_dy":[3,4])"), "y = tanh(alpha[] * x) * dy[C]");
  EXPECT_EQ(input.learned, (std::vector<Doubles>{{0.25}, {3, 4}}));
  EXPECT_THAT(Refusal(With(R"("alpha":[1])"), "y = alpha[] * x"),
              HasSubstr("alpha: expected 1 values"));
}

struct Mistake {
  std::string text;
  std::vector<std::string> named;
};

TEST(ExampleValues, RefusesEachMistakeByKeyAndPlace) {
  for (const Mistake& mistake : std::vector<Mistake>{
           {R"({"x":[[[[1,"two"]]]]})", {"x[0][0][0][1]", "the text \"two\""}},
           {R"({"x":[[[[1,"NaN"]]]]})", {"x[0][0][0][1]", "\"NaN\""}},
           {R"({"x":[[[[1,null]]]]})", {"x[0][0][0][1]", "null"}},
           {R"({"x":[[[[1,true]]]]})", {"x[0][0][0][1]", "true"}},
           {R"({"x":[[[[1,{}]]]]})", {"x[0][0][0][1]", "an object"}},
           {R"({"x":[[[[1,2],[3]]]]})", {"x[0][0][1]", "expected 2", "found 1"}},
           {R"({"x":[[[[1,2]],[[3,4]]],[[[5,6]]]]})", {"x[1]", "expected 2", "found 1"}},
           {R"({"x":[[[[1]],[[2,3]]]]})", {"x[0][1][0]", "expected 1", "found 2"}},
           {R"({"x":[[[1,2]]]})", {"x[0][0][0]", "expected an array", "the number 1"}},
           {R"({"x":[[[[[1]]]]]})", {"x[0][0][0][0]", "expected a number", "an array"}},
           {R"({"x":3})", {"x: expected an array", "the number 3"}},
           {R"({"x":[]})", {"x: expected values, found an empty array"}},
           {R"({"x":[[[[]]]]})", {"x[0][0][0]: expected values, found an empty array"}},
           {R"({"x":[[[[1]],[]]]})", {"x[0][1]"}},
           {R"({})", {"the key x is missing"}},
           {R"([1,2])", {"expected an object"}},
           {R"({"inputs":7})", {"inputs: expected an object"}},
           {With(R"("weigth":[1,1])"), {"'weigth'", "nearest is 'weight'"}},
           {With(R"("weight":[1,1,1])"), {"weight: expected 2 values for batch, found 3"}},
           {With(R"("weight":[[1],[1]])"), {"weight: expected 2 values for batch, found 2x1"}},
           {With(R"("bias":[1])"), {"bias: expected 2", "found 1"}},
           {With(R"("dy":[[[[1,2]]]])"), {"dy: expected 1x2x1x2", "found 1x1x1x2"}},
           {With(R"("running_mean":[0])"), {"running_mean: expected 2"}},
           {With(R"("running_var":[1,-1])"), {"running_var[1]", ">= 0", "-1"}},
           {With(R"("running_var":[[1,1]])"), {"running_var: expected 2", "found 1x2"}},
           {With(R"("momentum":1.5)"), {"momentum", "from 0 to 1", "1.5"}},
           {With(R"("momentum":"0.1")"), {"momentum: expected a number", "\"0.1\""}},
           {With(R"("eps":-1e-5)"), {"eps", "from 0", "-1e-05"}}}) {
    const std::string refusal = Refusal(mistake.text);
    for (const std::string& named : mistake.named) EXPECT_THAT(refusal, HasSubstr(named));
  }
}

TEST(ExampleValues, NamesLineColumnAndPathOfWhatIsNoJson) {
  EXPECT_THAT(Refusal("{\"x\":\n [[[[1, NaN]]]]}"),
              AllOf(StartsWith("v.json:2:"), HasSubstr("found NaN"), HasSubstr("x[0][0][0][1]")));
  EXPECT_THAT(Refusal(R"({"x":[[[[1, -Infinity]]]]})"),
              AllOf(HasSubstr("found -Infinity"), HasSubstr("x[0][0][0][1]")));
  EXPECT_THAT(Refusal(R"({"x":[[[[1e999]]]]})"),
              AllOf(HasSubstr("found 1e999"), HasSubstr("x[0][0][0][0]")));
  EXPECT_THAT(Refusal("{\"x\": [1,\n\n   2"), StartsWith("v.json:3:"));
  EXPECT_THAT(Refusal(""), StartsWith("v.json:1:1: "));
  EXPECT_THAT(Refusal("{\"x\":1} {"), StartsWith("v.json:1:9: "));
  EXPECT_THAT(Refusal("\xff\xfe\x01"), StartsWith("v.json:1:1: "));
}

TEST(ExampleValues, RefusesAKeyThatStandsTwice) {
  EXPECT_THAT(Refusal(With(R"("eps":1,"eps":2)")), HasSubstr("eps stands there twice"));
}

TEST(ExampleValues, RefusesWhatTheMethodHasNot) {
  EXPECT_THAT(Refusal(With(R"("gamma":[1,1])"), "none"),
              HasSubstr("'gamma', none has no such value"));
  EXPECT_THAT(Refusal(With(R"("beta":[1,1])"), "rms"), HasSubstr("'beta', rms has no such value"));
  EXPECT_THAT(Refusal(With(R"("running_mean":[1,1])"), "layer"),
              HasSubstr("'running_mean', layer has no such value"));
}

TEST(ExampleValues, BoundsDepthCountAndSize) {
  EXPECT_THAT(Refusal(std::string(1000000, '[')), HasSubstr("deeper than 8"));
  std::string deep_objects;
  for (int i = 0; i < 100000; ++i) deep_objects += R"({"x":)";
  EXPECT_THAT(Refusal(deep_objects), HasSubstr("deeper than 8"));

  std::string row = "1";
  for (std::size_t i = 0; i < kMostExampleValues; ++i) row += ",1";
  EXPECT_THAT(Refusal(fmt::format(R"({{"x":[[[[{}]]]]}})", row)), HasSubstr("more than 65536"));

  std::string many = "1";
  for (int i = 0; i < 1 << 21; ++i) many += ",1";
  EXPECT_THAT(Refusal(fmt::format(R"({{"y":[{}]}})", many)), HasSubstr("more than 2097152 values"));

  std::string keys = R"("k":1)";
  for (int i = 0; i < 300; ++i) keys += fmt::format(R"(,"k{}":1)", i);
  EXPECT_THAT(Refusal(With(keys)), HasSubstr("more than 256 keys"));
}

TEST(ExampleValues, WordsOfTheFileAreHarmlessInTheLine) {
  EXPECT_THAT(Refusal("{\"x\":[[[[\"\\u001b[31m\\n" + std::string(500, 'a') + "\"]]]]}"),
              AllOf(Not(HasSubstr("\x1b")), HasSubstr("...")));
  EXPECT_THAT(Refusal(R"({"a\u001bb":1})"), Not(HasSubstr("\x1b")));
  EXPECT_THAT(Refusal("{\"x\": \x1b[31m}"), Not(HasSubstr("\x1b")));
}

TEST(ExampleValues, FilesThatAreNoneAreNamed) {
  for (const char* path : {"/nonexistent/values.json", "/", "/dev/zero"}) {
    try {
      ReadExampleValues(path);
      FAIL() << path;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(std::string(path) + ":"));
    }
  }
}

// Every prefix, and every byte replaced, of a good file: accepted or refused by one line.
TEST(ExampleValues, NoDamageCrashes) {
  const std::string good = With(R"("gamma":[2,3],"eps":1e-3)");
  std::size_t refused = 0;
  const auto damaged = [&](const std::string& text) {
    try {
      Taken(text);
    } catch (const DataError&) {
      ++refused;
    }
  };
  for (std::size_t length = 0; length < good.size(); ++length) damaged(good.substr(0, length));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char byte : {'\0', '"', '[', ']', '{', '}', '-', 'e', '9', '\xff'}) {
      std::string text = good;
      text[i] = byte;
      damaged(text);
    }
  }
  EXPECT_GT(refused, 300u);
}

}  // namespace
}  // namespace normlab
