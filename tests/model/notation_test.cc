// What a line with branches, strides, groups and the like means: layers, names, shapes, plans.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "model/architecture.h"
#include "model/line.h"
#include "model/receptive_field.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;

Architecture Parse(const std::string& line, ModelOptions options = {}) {
  return ParseArchitecture(line, {3, 32, 32}, 10, options);
}

std::vector<std::string> Names(const Architecture& architecture) {
  std::vector<std::string> names;
  for (const Layer& layer : architecture.layers) names.push_back(layer.name);
  return names;
}

const Layer& Find(const Architecture& architecture, const std::string& name) {
  return *std::ranges::find(architecture.layers, name, &Layer::name);
}

// "C1.conv<images C1.relu<C1.conv": what each operation writes and reads.
std::string Flow(const Plan& plan) {
  std::string flow;
  for (const PlanOperation& operation : plan.operations) {
    std::vector<std::string> inputs;
    for (const int input : operation.inputs) inputs.push_back(plan.values[At(input)].name);
    flow += (flow.empty() ? "" : " ") + plan.values[At(operation.output)].name + "<" +
            Join(inputs, "+");
  }
  return flow;
}

TEST(Notation, SizesOfKernelsStridesAndPools) {
  const Architecture architecture = Parse("C8k7s2 C8k5 C12k3s3v P3s2p1 A2s1 D c4s2 GAP c10!");
  const auto output = [&](const char* name) { return Find(architecture, name).output; };
  EXPECT_EQ(output("C1"), (Shape{8, 16, 16}));
  EXPECT_EQ(output("C2"), (Shape{8, 16, 16}));
  EXPECT_EQ(output("C3"), (Shape{12, 5, 5}));
  EXPECT_EQ(output("P1"), (Shape{12, 3, 3}));
  EXPECT_EQ(output("A1"), (Shape{12, 2, 2}));
  EXPECT_EQ(output("D4"), (Shape{12, 2, 2}));
  EXPECT_EQ(output("c5"), (Shape{4, 1, 1}));
  EXPECT_EQ(Find(architecture, "D4").channel_groups, 12);
  EXPECT_EQ(StoredParameters(architecture, Find(architecture, "D4")), 12u * 9 + 24);
  EXPECT_EQ(MultiplyAdds(architecture, Find(architecture, "D4")), 12u * 9 * 4);
}

TEST(Notation, GroupsAndBiasesAreParameters) {
  const Architecture architecture = Parse("C8 C12g4b! GAP c10b!");
  const auto& parameters = architecture.plan->parameters;
  const auto find = [&](const std::string& name) {
    return std::ranges::find(parameters, name, &ParameterInfo::name)->shape;
  };
  EXPECT_THAT(find("C2.conv.weight"), ElementsAre(12, 2, 3, 3));
  EXPECT_THAT(find("C2.conv.bias"), ElementsAre(12));
  EXPECT_THAT(find("c3.conv.bias"), ElementsAre(10));
}

TEST(Notation, ASumAddsWhatWentIn) {
  ModelOptions options;
  options.norm = "none";
  const Architecture architecture = Parse("C8 (C8 C8:none)+ GAP c10!", options);
  EXPECT_THAT(Names(architecture), ElementsAre("C1", "C2", "C3", "sum1", "GAP", "c4"));
  EXPECT_EQ(Flow(*architecture.plan),
            "C1.conv<images C1.relu<C1.conv C2.conv<C1.relu C2.relu<C2.conv C3.conv<C2.relu "
            "sum1<C3.conv+C1.relu sum1.relu<sum1 GAP<sum1.relu c4.conv<GAP");
}

TEST(Notation, ASumMayBeBareOrHaveAnActivationOfItsOwn) {
  ModelOptions options;
  options.norm = "none";
  EXPECT_EQ(Flow(*Parse("C8! (C8!)+! GAP c10!", options).plan),
            "C1.conv<images C2.conv<C1.conv sum1<C2.conv+C1.conv GAP<sum1 c3.conv<GAP");
  EXPECT_EQ(Flow(*Parse("(C3!)+:gelu GAP c10!", options).plan),
            "C1.conv<images sum1<C1.conv+images sum1.activation<sum1 GAP<sum1.activation "
            "c2.conv<GAP");
}

TEST(Notation, ShortcutsOfOptionsAAndB) {
  const Architecture a = Parse("C8 (C16s2 C16:none)+A GAP c10!");
  EXPECT_THAT(Names(a), ElementsAre("C1", "C2", "C3", "pad1", "sum1", "GAP", "c4"));
  EXPECT_EQ(Find(a, "pad1").output, (Shape{16, 16, 16}));
  EXPECT_EQ(Find(a, "pad1").stride, 2);
  const Architecture b = Parse("C8 (C16s2 C16:none)+B GAP c10!");
  EXPECT_THAT(Names(b), ElementsAre("C1", "C2", "C3", "c4", "sum1", "GAP", "c5"));
  EXPECT_EQ(Find(b, "c4").stride, 2);
  EXPECT_TRUE(HasNorm(b, Find(b, "c4")));
  EXPECT_EQ(ActivationOf(b.options, Find(b, "c4")), kNoActivation);
  EXPECT_THAT(Names(Parse("C8 (C8)+A GAP c10!")), ElementsAre("C1", "C2", "sum1", "GAP", "c3"))
      << "nothing to pad";
}

TEST(Notation, BranchesAreComputedInTheirOrder) {
  const Architecture architecture = Parse("C4 (c2 | c3 C4 | P3s1p1 | )& GAP c10!");
  EXPECT_THAT(Names(architecture), ElementsAre("C1", "c2", "c3", "C4", "P1", "cat1", "GAP", "c5"));
  EXPECT_THAT(Find(architecture, "cat1").inputs, ElementsAre(1, 3, 4, 0));
  EXPECT_EQ(Find(architecture, "cat1").output, (Shape{2 + 4 + 4 + 4, 32, 32}));
}

TEST(Notation, RepetitionHasWeightsOfItsOwn) {
  EXPECT_THAT(Names(Parse("C8*3 GAP c10!")), ElementsAre("C1", "C2", "C3", "GAP", "c4"));
  const Architecture twice = Parse("(C8 (C8)+*2 P)*2 GAP c10!");
  EXPECT_THAT(Names(twice), ElementsAre("C1", "C2", "sum1", "C3", "sum2", "P1", "C4", "C5", "sum3",
                                        "C6", "sum4", "P2", "GAP", "c7"));
}

TEST(Notation, ALayersOwnActivationAndNormalization) {
  ModelOptions options;
  options.activation = "silu";
  options.norm = "group";
  const Architecture architecture = Parse("C8 C8:none@batch C8@none C8@frn GAP c10!", options);
  std::vector<std::string> kinds;
  for (const PlanOperation& operation : architecture.plan->operations) {
    kinds.push_back(operation.kind->name);
  }
  EXPECT_THAT(kinds, ElementsAre("convolution", "silu", "group norm", "convolution", "batch norm",
                                 "convolution", "silu", "convolution",
                                 NormOf(options, Find(architecture, "C4")).operation.name,
                                 "average pool", "convolution"));
}

TEST(Notation, WhiteSpaceDoesNotMatter) {
  EXPECT_EQ(CanonicalLine(" C8\t( C8 C8:none )+*3 (c1|c2 | )&\n GAP  c10! "),
            "C8 (C8 C8:none)+*3 (c1 | c2 |)& GAP c10!");
  EXPECT_EQ(CanonicalLine("((C8)+ C8)+ c1"), "((C8)+ C8)+ c1");
  for (const ModelPreset& preset : ModelPresets()) {
    EXPECT_EQ(CanonicalLine(preset.line), preset.line);
    EXPECT_EQ(Parse(std::string(preset.line)).text.empty(), false);
  }
}

TEST(Notation, FieldsSeeAllThatABranchSees) {
  const Architecture architecture = Parse("C8 (C8 C8:none)+ GAP c10!");
  const std::vector<ReceptiveField> fields = ReceptiveFields(architecture);
  EXPECT_EQ(fields[3].rows.extent, 7);
  EXPECT_EQ(fields[3].rows.jump, 1);
}

// Of the papers and programs that the presets name.
TEST(Presets, HaveTheParametersOfTheirSources) {
  const auto parameters = [](const char* preset) { return StoredParameters(Parse(preset)); };
  // 3 (16 27) + ...: the count of the authors' 0.27M, with the classifier's bias.
  EXPECT_EQ(parameters("resnet-20"), 269722u);
  EXPECT_EQ(parameters("resnet-8"), 78186u) << "MLPerf Tiny's 78,666 without running statistics";
  EXPECT_LE(parameters("model50k"), 50000u);
  EXPECT_LE(parameters("mobilenet-48k"), 50000u);
  EXPECT_GE(parameters("mobilenet-48k"), 47000u);
}

}  // namespace
}  // namespace normlab
