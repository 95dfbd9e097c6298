#include "report/findings/conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/findings/findings.h"
#include "small_run.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

ArmRecord Recorded(const std::string& label, std::uint64_t seed) {
  ArmRecord arm = SmallArm(label, seed, 76);
  const auto hash = [&](char digit) {
    std::string text(64, digit);
    text[1] = static_cast<char>('0' + seed);
    return text;
  };
  arm.conditions = TrainingConditions{7704, 64, 1000, hash('a'), hash('b'), hash('c')};
  arm.settings = {{"norm", label},     {"batch_size", "64"}, {"validation", "0"},
                  {"augment", "none"}, {"epochs", "2"},      {"model", "mnist-8k"}};
  return arm;
}

class ConditionsTest : public testing::Test {
 protected:
  ConditionsTest()
      : run_(SmallRun({Recorded("batch", 1), Recorded("layer", 1), Recorded("batch", 2),
                       Recorded("layer", 2)})) {}
  ArmRecord& Layer(int seed) { return run_.arms[seed == 1 ? 1 : 3]; }
  RunRecord run_;
};

TEST_F(ConditionsTest, AreProvedWhereAllHashesAreEqual) {
  EXPECT_EQ(
      SharedConditions(run_),
      "For every seed all arms (4 in seeds 1, 2) began from the same initial convolution "
      "weights, took the training images in the same order in their first 20 epochs and were "
      "given the same pixels in the first 128 images of that order: the SHA-256 hashes are equal.");
  EXPECT_THAT(ConditionWarnings(run_), IsEmpty());
}

TEST_F(ConditionsTest, AreNotProvedOfAPropertyThatDiffersInAnySeed) {
  Layer(2).conditions->initial_weights[63] = '0';
  EXPECT_THAT(SharedConditions(run_), AllOf(Not(HasSubstr("weights")), HasSubstr("same order")));
  EXPECT_THAT(ConditionWarnings(run_),
              ElementsAre("Of seed 2 the hash of the initial convolution weights differs: one is "
                          "shared by batch; another by layer; no recorded setting explains it."));
}

TEST_F(ConditionsTest, NameTheSettingThatExplainsADifference) {
  for (const int seed : {1, 2}) {
    Layer(seed).conditions->data_order[63] = '0';
    Layer(seed).settings["validation"] = "5000";
    Layer(seed).settings["augment"] = "flip";
  }
  EXPECT_THAT(ConditionWarnings(run_),
              ElementsAre("Of seeds 1, 2 the hash of the data order differs: one is shared by "
                          "batch; another by layer; the settings differ: validation (0, "
                          "5000)."));
}

TEST_F(ConditionsTest, WarnOfParametersBatchSizeStepsAndImages) {
  Layer(1).conditions->parameters = Layer(2).conditions->parameters = 1234567;
  Layer(1).conditions->batch_size = 128;
  Layer(1).settings["batch_size"] = "128";
  Layer(2).conditions->steps = 7;
  Layer(2).settings.clear();
  Layer(1).conditions->first_images[5] = 'x';
  Layer(1).settings["augment"] = "flip";
  EXPECT_THAT(
      ConditionWarnings(run_),
      ElementsAre(
          "Of seed 1 the hash of the first images as the network is given them differs: one is "
          "shared by batch; another by layer; the settings differ: augment (none, flip).",
          "Of seed 1 the number of parameters differs: 7,704 in batch; 1,234,567 in layer; the "
          "settings differ: norm (batch, layer).",
          "Of seed 2 the number of parameters differs: 7,704 in batch; 1,234,567 in layer.",
          "Of seed 1 the batch size differs: 64 in batch; 128 in layer; the settings differ: "
          "batch_size (64, 128).",
          "Of seed 2 the number of training steps differs: 1000 in batch; 7 in layer."));
}

TEST_F(ConditionsTest, WarnOfWhatDivergedOrDidNotFinish) {
  Layer(1).state = "diverged";
  Layer(1).message = "the loss is not finite at step 12";
  Layer(2).state = "interrupted";
  EXPECT_THAT(ConditionWarnings(run_),
              ElementsAre("layer, seed 1, diverged after 1 whole epoch: the loss is not finite at "
                          "step 12.",
                          "layer, seed 2, is not finished (interrupted, 1 whole epoch)."));
}

TEST_F(ConditionsTest, ProveNothingOfArmsWithoutRecords) {
  Layer(2).conditions.reset();
  EXPECT_THAT(SharedConditions(run_),
              StartsWith("For every seed all arms whose conditions are recorded (3 of 4, in seeds "
                         "1, 2) began from"));
  EXPECT_THAT(ConditionWarnings(run_), ElementsAre("No conditions are recorded of layer, seed 2: "
                                                   "nothing is proved of it."));
  for (ArmRecord& arm : run_.arms) arm.conditions.reset();
  EXPECT_EQ(SharedConditions(run_), "");
  EXPECT_THAT(ConditionWarnings(run_),
              ElementsAre(StartsWith("No conditions are recorded in this folder")));
  EXPECT_THAT(ConditionsMarkdown(run_), Not(HasSubstr("|")));
}

TEST_F(ConditionsTest, ProveNothingOfAnEmptyHashOrOfSingleArms) {
  for (ArmRecord& arm : run_.arms) arm.conditions->initial_weights.clear();
  EXPECT_THAT(SharedConditions(run_), AllOf(Not(HasSubstr("weights")), HasSubstr("same order")));
  EXPECT_THAT(ConditionWarnings(run_), IsEmpty());
  run_.arms = {Recorded("batch", 1), Recorded("batch", 2)};
  EXPECT_EQ(SharedConditions(run_), "");
}

TEST_F(ConditionsTest, WarnOfSeedsThatAreNoTrialsOfTheirOwn) {
  for (ArmRecord& arm : run_.arms) arm.conditions->initial_weights = std::string(64, 'd');
  run_.recipe_text = "init = \"start.safetensors\"  # recipe\n";
  EXPECT_THAT(ConditionWarnings(run_),
              ElementsAre("Seeds 1, 2 have the hash of the initial convolution weights in common, "
                          "so they are not independent trials.",
                          "The initial weights of all arms are from start.safetensors (init), for "
                          "every seed."));
}

TEST_F(ConditionsTest, AreATableOfShortHashesWithTheWholeOnesBelow) {
  run_.arms[1].label = "layer | *x*";
  const std::string text = ConditionsMarkdown(run_);
  EXPECT_THAT(text, AllOf(HasSubstr("| 1 | a1aaaaaaaaaa | b1bbbbbbbbbb | c1cccccccccc | batch; "
                                    "layer \\| \\*x\\* |\n"),
                          HasSubstr("| 2 | a2aaaaaaaaaa | b2bbbbbbbbbb | c2cccccccccc | batch; "
                                    "layer |\n"),
                          HasSubstr("<details>"), HasSubstr("| a1" + std::string(62, 'a') + " |")));
  Layer(2).conditions->data_order[0] = '0';
  EXPECT_THAT(ConditionsMarkdown(run_),
              AllOf(HasSubstr("| b2bbbbbbbbbb | c2cccccccccc | batch |\n"),
                    HasSubstr("| 02bbbbbbbbbb | c2cccccccccc | layer |\n")));
  EXPECT_EQ(ConditionsMarkdown(RunRecord{}), "");
}

}  // namespace
}  // namespace normlab
