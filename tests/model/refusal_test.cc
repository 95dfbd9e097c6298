// Impossible lines: one line each, saying what, where, what was found and what would do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/error.h"
#include "model/architecture.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Refusal(const std::string& line, const std::string& norm = "batch", int groups = 2,
                    Shape input = {1, 28, 28}) {
  try {
    ModelOptions options;
    options.norm = norm;
    options.groups = groups;
    ParseArchitecture(line, input, 10, options);
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("\n"))) << line;
    return error.what();
  }
  return "accepted";
}

TEST(Refusal, UnknownTokensNameTheColumn) {
  EXPECT_THAT(Refusal("C8 X12 GAP c10!"), AllOf(HasSubstr("'X12'"), HasSubstr("column 4")));
  EXPECT_THAT(Refusal("  C8\tC12y GAP c10!"), AllOf(HasSubstr("'C12y'"), HasSubstr("column 9")));
  EXPECT_THAT(Refusal("C GAP c10!"),
              AllOf(HasSubstr("column 2"), HasSubstr("channels, 1 to 4096")));
  EXPECT_THAT(Refusal("C8 A GAP c10!"), HasSubstr("size of the average pool"));
  EXPECT_THAT(Refusal("C8 GAPS c10!"), HasSubstr("'GAPS'"));
}

TEST(Refusal, SuffixesHaveOneOrderAndPoolsHaveNone) {
  EXPECT_THAT(Refusal("C8x2/2 GAP c10!"), AllOf(HasSubstr("column 5"), HasSubstr("in this order")));
  EXPECT_THAT(Refusal("C8.5 GAP c10!"), HasSubstr("found '.5'"));
  EXPECT_THAT(Refusal("C8!v GAP c10!"), HasSubstr("column 4"));
  EXPECT_THAT(Refusal("c8v GAP c10!"), HasSubstr("1x1 convolution has no padding"));
  EXPECT_THAT(Refusal("C8 P! GAP c10!"), HasSubstr("a pool has no others"));
  EXPECT_THAT(Refusal("C8 P3p1s2 GAP c10!"), AllOf(HasSubstr("column 8"), HasSubstr("'s2'")));
  EXPECT_THAT(Refusal("C8 A2! GAP c10!"), HasSubstr("a pool has no others"));
  EXPECT_THAT(Refusal("C8 GAP2 c10!"), HasSubstr("GAP takes no suffix"));
}

TEST(Refusal, OfKernelsStridesAndGroups) {
  EXPECT_THAT(Refusal("C8k4 GAP c10!"), AllOf(HasSubstr("column 4"), HasSubstr("1, 3, 5 or 7")));
  EXPECT_THAT(Refusal("C8k9 GAP c10!"), HasSubstr("1, 3, 5 or 7"));
  EXPECT_THAT(Refusal("C8s17 GAP c10!"), HasSubstr("the stride, 1 to 16"));
  EXPECT_THAT(Refusal("c8k3 GAP c10!"), HasSubstr("found 'k3'"));
  EXPECT_THAT(Refusal("C8 C12g8 GAP c10!"),
              AllOf(HasSubstr("layer C2 'C12g8' (input 8x28x28)"), HasSubstr("8 groups"),
                    HasSubstr("1, 2, 4 would do")));
  EXPECT_THAT(Refusal("C8 D4 GAP c10!"), HasSubstr("found '4'"));
  EXPECT_THAT(Refusal("C8 Dg2 GAP c10!"), HasSubstr("found 'g2'"));
  EXPECT_THAT(Refusal("C8 C8s2x2 GAP c10!"), HasSubstr("no stride"));
  EXPECT_THAT(Refusal("P4p3 c10! GAP"), HasSubstr("at most half the pool's size, 2"));
  EXPECT_THAT(Refusal("A7 C8k5v GAP c10!"), HasSubstr("at least 5x5"));
}

TEST(Refusal, OfActivationsAndNormsOfALayer) {
  EXPECT_THAT(Refusal("C8:silo GAP c10!"),
              AllOf(HasSubstr("column 4"), HasSubstr("nearest is 'silu'"), HasSubstr("gelu_tanh")));
  EXPECT_THAT(Refusal("C8: GAP c10!"), HasSubstr("an activation"));
  EXPECT_THAT(Refusal("C8@bath GAP c10!"), HasSubstr("nearest is 'batch'"));
  EXPECT_THAT(Refusal("C8@layer:relu GAP c10!"), HasSubstr("found ':relu'"));
  EXPECT_THAT(Refusal("C9@group GAP c10!", "none"), HasSubstr("2 groups"));
}

TEST(Refusal, OfBrackets) {
  EXPECT_THAT(Refusal("(C8 GAP c10!"), AllOf(HasSubstr("nothing more"), HasSubstr("closing")));
  EXPECT_THAT(Refusal("C8) GAP c10!"), AllOf(HasSubstr("column 3"), HasSubstr("opening")));
  EXPECT_THAT(Refusal("C8 | C8 GAP c10!"), AllOf(HasSubstr("column 4"), HasSubstr("opening")));
  EXPECT_THAT(Refusal("C8 ()+ GAP c10!"), HasSubstr("a layer within the brackets"));
  EXPECT_THAT(Refusal("C8 (|)+ GAP c10!"), HasSubstr("in every branch but one"));
  EXPECT_THAT(Refusal("C8 (C8 | C8) GAP c10!"), HasSubstr("the sum of the branches"));
  EXPECT_THAT(Refusal("C8 (C8 | C8)+A GAP c10!"), HasSubstr("found 'A'"));
  EXPECT_THAT(Refusal("C8 (C8)+C GAP c10!"), HasSubstr("found 'C'"));
  EXPECT_THAT(Refusal("C8 (C8)+*65 GAP c10!"), HasSubstr("1 to 64"));
  EXPECT_THAT(Refusal("C8 (C8)&! GAP c10!"), HasSubstr("found '!'"));
  EXPECT_THAT(Refusal("C8*2x2 GAP c10!"), HasSubstr("found 'x2'"));
  const std::string deep(17, '(');
  EXPECT_THAT(Refusal(deep + "C8" + std::string(17, ')') + " GAP c10!"), HasSubstr("at most 16"));
  EXPECT_THAT(Refusal("((C8*64)*64)*64 GAP c10!"), HasSubstr("more than 256 layers"));
}

TEST(Refusal, OfBranchesThatDoNotMeet) {
  EXPECT_THAT(Refusal("C8 (C16)+ GAP c10!"),
              AllOf(HasSubstr("layer sum '(C16)+' (input 8x28x28)"), HasSubstr("16x28x28"),
                    HasSubstr("+A"), HasSubstr("+B")));
  EXPECT_THAT(Refusal("C8 (C8v)+A GAP c10!"), HasSubstr("no stride of a shortcut"));
  EXPECT_THAT(Refusal("C8 (C4)+A GAP c10!"), AllOf(HasSubstr("4 channels of 8"), HasSubstr("+B")));
  EXPECT_THAT(Refusal("C8 (C8 | C16)+ GAP c10!"),
              AllOf(HasSubstr("layer sum1 '(C8 | C16)+'"), HasSubstr("8x28x28, 16x28x28")));
  EXPECT_THAT(Refusal("C8 (C8s2)& GAP c10!"), HasSubstr("one height and width"));
  EXPECT_THAT(Refusal("C8 (C8s2 | P | C8)& GAP c10!"), HasSubstr("layer cat1"));
  EXPECT_THAT(Refusal("C4096 (C1)& GAP c10!"), HasSubstr("at most 4096"));
  EXPECT_EQ(Refusal("C8 (C8 C8:none)+*3 (C16s2 C16:none)+B (C4)& GAP c10!"), "accepted");
}

TEST(Refusal, AMeanOverOneValueLeavesNothing) {
  EXPECT_THAT(Refusal("C8 GAP c16 c10!", "instance"),
              AllOf(HasSubstr("layer c2 'c16'"), HasSubstr("output 16x1x1"),
                    HasSubstr("over one value"), HasSubstr("c16!")));
  EXPECT_EQ(Refusal("C8 GAP c16! c10!", "instance"), "accepted");
  EXPECT_THAT(Refusal("C1 GAP c10!", "layer-channels"), HasSubstr("over one value"));
  EXPECT_THAT(Refusal("C8 GAP c16/16 c10!", "group"), HasSubstr("over one value"));
  EXPECT_EQ(Refusal("C8 GAP c16/8 c10!", "group"), "accepted");
  EXPECT_THAT(Refusal("C8 GAP c1 c10!", "layer"), HasSubstr("over one value"));
  EXPECT_EQ(Refusal("C8 GAP c1 c10!", "rms"), "accepted") << "nothing is subtracted";
  EXPECT_EQ(Refusal("C8 GAP c16 c10!", "batch"), "accepted") << "the batch is not known here";
}

TEST(Refusal, AMeanOverOneValueLeavesNothingOfAnOwnMethodEither) {
  const std::string own = "m = avg[H W](x); y = x - m + bias[C]";
  EXPECT_THAT(Refusal("C8 GAP c16 c10!", own),
              AllOf(HasSubstr("layer c2 'c16'"), HasSubstr("avg[H W] of statement m"),
                    HasSubstr("nothing of x would be left"), HasSubstr("16x1x1")));
  EXPECT_EQ(Refusal("C8 GAP c16! c10!", own), "accepted");
  EXPECT_EQ(Refusal("C8 GAP c16 c10!", "y = x - 0.5 * avg[H W](x)"), "accepted");
  EXPECT_THAT(Refusal("C8 GAP c1 c10!", "y = x - avg[C](x)"), HasSubstr("c2 'c1'"));
  EXPECT_EQ(Refusal("C8 GAP c16 c10!", "m = avg[N](x); y = x - m"), "accepted");
  EXPECT_EQ(Refusal("C8 GAP c16 c10!", "frn"), "accepted") << "warned of, not refused";
}

TEST(Refusal, AnActivationStandsWhereAnyOrderHasNorm) {
  for (const char* order :
       {"conv-relu-norm-dropout", "conv-norm-dropout-relu", "conv-dropout-relu-norm"}) {
    ModelOptions options;
    options.norm = "frn";
    options.order = ParseOrder(order);
    options.dropout = 0.5;
    const Architecture architecture = ParseArchitecture("C8 GAP c10!", {1, 28, 28}, 10, options);
    std::string parts;
    for (const PlanOperation& operation : architecture.plan->operations) {
      parts += operation.part + " ";
    }
    const bool dropout_first = std::string_view(order) == "conv-dropout-relu-norm";
    EXPECT_THAT(parts, HasSubstr(dropout_first ? "conv dropout norm " : "conv norm dropout "));
    EXPECT_THAT(parts, Not(HasSubstr("relu")));
  }
}

TEST(Refusal, AffinePerElementCountsAsParameters) {
  EXPECT_EQ(Refusal("C4096 GAP c10!", "layer", 2, {1, 224, 224}), "accepted");
  EXPECT_THAT(Refusal("C4096 GAP c10!", "layer-elementwise", 2, {1, 224, 224}),
              AllOf(HasSubstr("layer C1"), HasSubstr("411078656"), HasSubstr("at most 67108864")));
}

TEST(Refusal, AbsurdNumbers) {
  for (const char* line : {"C0 GAP c10!", "C-8 GAP c10!", "C4097 GAP c10!",
                           "C99999999999999999999 GAP c10!", "Cnan GAP c10!", "C8x0 GAP c10!",
                           "C8x65 GAP c10!", "C8/0 GAP c10!", "C8/4097 GAP c10!", "A0 GAP c10!"}) {
    EXPECT_THAT(Refusal(line), HasSubstr("1 to ")) << line;
  }
  EXPECT_THAT(Refusal("C4096 C4096 GAP c10!"),
              AllOf(HasSubstr("layer C2"), HasSubstr("at most 67108864")));
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "c10! ";
  EXPECT_THAT(Refusal(deep), HasSubstr("more than 256 layers"));
}

TEST(Refusal, UnknownPresetsNameTheNearest) {
  EXPECT_THAT(Refusal("mnist-8"),
              AllOf(HasSubstr("'mnist-8'"), HasSubstr("nearest is 'mnist-8k'")));
  EXPECT_THAT(Refusal("cifar37k"), HasSubstr("nearest is 'cifar-37k'"));
  EXPECT_THAT(Refusal(" \t"), HasSubstr("the line is empty"));
}

TEST(Refusal, MapsTooSmall) {
  EXPECT_THAT(Refusal("A14 C8v GAP c10!"),
              AllOf(HasSubstr("layer C1 'C8v'"), HasSubstr("1x2x2"), HasSubstr("at least 3x3")));
  EXPECT_THAT(Refusal("GAP P c10!"), AllOf(HasSubstr("layer P1"), HasSubstr("1x1 map")));
  EXPECT_THAT(Refusal("P P A8 c10!"),
              AllOf(HasSubstr("layer A1 'A8' (input 1x7x7)"), HasSubstr("1 to 7")));
}

TEST(Refusal, RepeatedLayersKeepTheirShape) {
  EXPECT_THAT(Refusal("C8 C16x2 GAP c10!"),
              AllOf(HasSubstr("layer C2 'C16x2' (input 8x28x28)"), HasSubstr("use 8 channels")));
  EXPECT_THAT(Refusal("C8 C8vx2 GAP c10!"), HasSubstr("no v"));
}

TEST(Refusal, GroupsMustDivideOnlyWhereGroupNormalizationUsesThem) {
  EXPECT_THAT(Refusal("C8 C12 GAP c10!", "group", 8),
              AllOf(HasSubstr("layer C2 'C12'"), HasSubstr("8 groups"), HasSubstr("12 channels"),
                    HasSubstr("12x28x28"), HasSubstr("1, 2, 3, 4, 6, 12")));
  EXPECT_THAT(Refusal("C8/3 GAP c10!", "group"), HasSubstr("3 groups"));
  EXPECT_THAT(Refusal("C8 GAP c10!", "group", 0), HasSubstr("0 groups"));
  EXPECT_THAT(Refusal("C8 GAP c10!", "group", -2), HasSubstr("-2 groups"));
  EXPECT_EQ(Refusal("C8/3 C12! GAP c10!", "layer", 7), "accepted");
  EXPECT_EQ(Refusal("C9! C8 GAP c10!", "group", 8), "accepted") << "bare layers are not normalized";
}

TEST(Refusal, TheLastLayerLeavesOneNumberPerClass) {
  EXPECT_THAT(Refusal("C8"), AllOf(HasSubstr("layer C1 'C8'"), HasSubstr("8x28x28"),
                                   HasSubstr("10x1x1"), HasSubstr("end the line with GAP c10!")));
  EXPECT_THAT(Refusal("C8 GAP c12!"), AllOf(HasSubstr("12x1x1"), HasSubstr("10 classes")));
  EXPECT_THAT(Refusal("C10!"), HasSubstr("end the line with GAP"));
}

TEST(Refusal, ANetworkOfPoolsAloneLearnsNothing) {
  EXPECT_THAT(Refusal("P GAP", "batch", 2, {10, 28, 28}),
              AllOf(HasSubstr("'P GAP'"), HasSubstr("anything to learn"), HasSubstr("GAP c10!")));
  EXPECT_EQ(Refusal("P A2 GAP c10!"), "accepted");
}

TEST(Refusal, HostileTextStaysOneShortLine) {
  const std::string message = Refusal("C8 \x1b[31m" + std::string(5000, 'z') + " c10!");
  EXPECT_LT(message.size(), 400u);
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
}

TEST(Refusal, DropoutMustLeaveSomething) {
  ModelOptions options;
  for (const double probability : {-0.1, 1.0, 0.999999, std::nan("")}) {
    options.dropout = probability;
    EXPECT_THROW(ParseArchitecture("mnist-8k", {1, 28, 28}, 10, options), UsageError);
  }
  options.dropout = 65535.0 / 65536.0;
  EXPECT_NO_THROW(ParseArchitecture("mnist-8k", {1, 28, 28}, 10, options));
}

TEST(Refusal, UnknownNormalization) {
  EXPECT_THAT(Refusal("C8 GAP c10!", "grup"), HasSubstr("group"));
}

std::string BatchRefusal(const std::string& line, const std::string& norm, int smallest_batch) {
  ModelOptions options;
  options.norm = norm;
  try {
    CheckBatchStatistics(ParseArchitecture(line, {1, 28, 28}, 10, options), smallest_batch);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(BatchStatistics, NeedMoreThanOneValuePerChannel) {
  EXPECT_THAT(BatchRefusal("mnist-8k", "batch", 1),
              AllOf(HasSubstr("layer c7 'c16'"), HasSubstr("batch of 1"), HasSubstr("batch_size")));
  EXPECT_EQ(BatchRefusal("mnist-8k", "batch", 2), "accepted");
  EXPECT_EQ(BatchRefusal("mnist-8k", "layer", 1), "accepted");
  EXPECT_EQ(BatchRefusal("C8 GAP c10!", "batch", 1), "accepted") << "784 values per channel";
  EXPECT_EQ(BatchRefusal("GAP c8! c10!", "batch", 1), "accepted")
      << "bare layers are not normalized";
}

}  // namespace
}  // namespace normlab
