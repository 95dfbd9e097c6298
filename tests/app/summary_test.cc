#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "operations/fast/simd.h"
#include "tests/app/program.h"
#include "tests/app/shown_commands.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Mistake {
  std::vector<std::string> arguments;
  std::string named;
};

TEST(SummaryCommand, EveryMistakeIsOneLineAndCodeTwo) {
  const TemporaryFolder folder;
  for (const Mistake& mistake : std::vector<Mistake>{
           {{}, "summary: model: expected a value"},
           {{""}, "summary: model: expected a value"},
           {{" "}, "the line is empty"},
           {{"cifar37k"}, "the nearest is 'cifar-37k'"},
           {{"C8 Z"}, "'Z' at column 4"},
           {{"C0 GAP c10!"}, "1 to 4096"},
           {{"C8v GAP c11!"}, "end the line with c10!"},
           {{"A40 c10!"}, "does not fit"},
           {{"C8\x1b[2J"}, "found '?[2J'"},
           {{"cifar-37k", "--norm", "grup"}, "'grup'"},
           {{"cifar-37k", "--norm", ""}, "--norm: expected a value"},
           {{"cifar-37k", "--norm", "batch,"}, "''"},
           {{"cifar-37k", "--norm"}, "--norm"},
           {{"cifar-37k", "--dataset", "imagnet"}, "'imagnet'"},
           {{"cifar-37k", "--dataset", ""}, "--dataset: expected a value"},
           {{"cifar-37k", "--batch", "0"}, "--batch"},
           {{"cifar-37k", "--batch=-1"}, "--batch"},
           {{"cifar-37k", "--batch", "16385"}, "16384"},
           {{"cifar-37k", "--batch", "99999999999999999999"}, "--batch"},
           {{"cifar-37k", "--batch", "ten"}, "--batch"},
           {{"mnist-8k", "--norm", "batch", "--batch", "1"}, "batch of 1"},
           {{"cifar-37k", "--norm", "group", "--groups", "5"}, "does not divide its 12 channels"},
           {{"cifar-37k", "--groups", "0"}, "--groups"},
           {{"cifar-37k", "--groups", "4097"}, "--groups"},
           {{"mnist-8k", "--norm", "instance"}, "layer c7"},
           {{"cifar-37k", "--order", "norm"}, "'norm'"},
           {{"cifar-37k", "--order", ""}, "--order: expected a value"},
           {{"cifar-37k", "--dropout", "1"}, "dropout"},
           {{"cifar-37k", "--dropout", "nan"}, "dropout"},
           {{"cifar-37k", "--optimizer", "sdg"}, "the nearest is 'sgd'"},
           {{"cifar-37k", "--json", "--markdown"}, "exclude each other"},
           {{"cifar-37k", "mnist-8k"}, "mnist-8k"}}) {
    std::vector<std::string> arguments = {"summary"};
    arguments.insert(arguments.end(), mistake.arguments.begin(), mistake.arguments.end());
    const Outcome outcome = RunProgram(folder, arguments);
    EXPECT_EQ(outcome.code, 2) << mistake.named << ": " << outcome.err;
    EXPECT_EQ(outcome.out, "") << mistake.named;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(StartsWith("normlab: "), HasSubstr(mistake.named)));
  }
}

TEST(SummaryCommand, TakesShapeGroupsAndOrderFromThePreset) {
  const TemporaryFolder folder;
  const Outcome mnist = RunProgram(folder, {"summary", "mnist-8k"});
  EXPECT_EQ(mnist.code, 0);
  EXPECT_EQ(mnist.err, "");
  EXPECT_THAT(mnist.out, HasSubstr("1x28x28 images of mnist, 10 classes; batch of 64; groups 4, "
                                   "order conv-relu-norm-dropout, dropout 0\n"));
  EXPECT_THAT(mnist.out, HasSubstr("instance is not possible: "));
  const Outcome cifar = RunProgram(folder, {"summary", "cifar-37k", "--norm", "group"});
  EXPECT_THAT(cifar.out, HasSubstr("3x32x32 images of cifar10, 10 classes; batch of 64; groups 2, "
                                   "order conv-relu-dropout-norm, dropout 0\n"));
}

TEST(SummaryCommand, FlagsComeBeforeThePreset) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunProgram(folder, {"summary", "cifar-37k", "--dataset", "fashion-mnist", "--groups", "4",
                          "--order", "conv-norm-relu-dropout", "--dropout", "0.1", "--batch", "17",
                          "--norm", "layer,group,layer", "--optimizer", "adam"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("1x28x28 images of fashion-mnist, 10 classes; batch of 17; "
                                     "groups 4, order conv-norm-relu-dropout, dropout 0.1\n"));
  EXPECT_THAT(outcome.out, HasSubstr("GroupNorm (norm): 2-2"));
  EXPECT_THAT(outcome.out, HasSubstr("Dropout (dropout): 2-4"));
  EXPECT_THAT(outcome.out, HasSubstr("Optimizer state (adam): "));
  EXPECT_THAT(outcome.out, Not(HasSubstr("batch  ")));
}

TEST(SummaryCommand, JsonIsOneDocumentAndAdamKeepsTwoValues) {
  const TemporaryFolder folder;
  const auto bytes = [&](const char* optimizer) {
    const Outcome outcome = RunProgram(
        folder, {"summary", "C8 GAP c10!", "--json", "--norm", "none", "--optimizer", optimizer});
    EXPECT_EQ(outcome.err, "");
    return nlohmann::json::parse(outcome.out)["normalizations"][0]["training_bytes"];
  };
  EXPECT_EQ(bytes("sgd")["optimizer"], bytes("sgd")["parameters"]);
  EXPECT_EQ(bytes("adam")["optimizer"], 2 * bytes("adam")["parameters"].get<int>());
}

TEST(SummaryCommand, MarkdownForAReport) {
  const TemporaryFolder folder;
  const Outcome outcome = RunProgram(folder, {"summary", "cifar-37k", "--markdown"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith("## cifar-37k: C12 "));
}

TEST(SummaryCommand, PrintsThePlanOfEveryNormalizationAsked) {
  const TemporaryFolder folder;
  const Outcome outcome =
      RunProgram(folder, {"summary", "C1 GAP c10!", "--norm", "batch,layer,instance", "--plan"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, StartsWith("Batch normalization: C1 GAP c10!\n\nvalues ("));
  EXPECT_THAT(outcome.out, HasSubstr("\nLayer normalization: C1 GAP c10!\n"));
  EXPECT_THAT(outcome.out, HasSubstr("C1.norm.num_batches_tracked"));
  const Outcome both = RunProgram(folder, {"summary", "C1 GAP c10!", "--plan", "--markdown"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("--markdown and --plan exclude each other"));
}

TEST(SummaryCommand, ThePlanForPrograms) {
  const TemporaryFolder folder;
  const Outcome plans = RunProgram(folder, {"summary", "C6 GAP C10", "--dataset", "mnist", "--norm",
                                            "batch,instance", "--plan", "--json"});
  ASSERT_EQ(plans.code, 0) << plans.err;
  const auto json = nlohmann::json::parse(plans.out);
  EXPECT_EQ(json["line"], "C6 GAP C10");
  const auto& batch = json["plans"][0];
  EXPECT_EQ(batch["normalization"], "batch");
  EXPECT_EQ(batch["parameters"][0], (nlohmann::json{{"parameter", "C1.conv.weight"},
                                                    {"shape", {6, 1, 3, 3}},
                                                    {"role", "filter"},
                                                    {"at_first", "drawn by fan in"},
                                                    {"weight_decay", true}}));
  EXPECT_EQ(batch["operations"][0]["attributes"]["channels"], 6);
  EXPECT_EQ(batch["operations"][0]["reads"], nlohmann::json{"images"});
  EXPECT_EQ(batch["training_waits"], 4);
  EXPECT_THAT(std::string(json["plans"][1]["refusal"]), HasSubstr("each mean over one value"));
}

// Memory depends on the instruction set, which decides whether a map is stored.
TEST(SummaryCommand, PrintsWhatThePageShows) {
  if (BestSimd() != Simd::kAvx512 && BestSimd() != Simd::kAvx2)
    NORMLAB_LEFT_OUT("the plan of a processor with AVX2 or AVX-512; ./check on one");
  const TemporaryFolder folder;
  const std::vector<Shown> blocks = ShownCommands(NORMLAB_TEST_DIR "/../docs/summary.md");
  ASSERT_EQ(blocks.size(), 2u);
  for (const Shown& block : blocks) ExpectShown(folder, block);
}

}  // namespace
}  // namespace normlab
