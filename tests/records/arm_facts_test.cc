#include "records/arm_facts.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/report/random_run.h"

namespace normlab {
namespace {

ArmFacts SomeFacts() {
  ArmFacts facts;
  facts.settings = {{"norm", "group"}, {"l2", "0.001"}, {"augment", "flip(0.5) \"quoted\""}};
  facts.conditions = {
      7704, 33, 9380, std::string(64, 'a'), std::string(64, '0'), std::string(64, '9')};
  return facts;
}

TEST(ArmFacts, AreReadAsWritten) {
  const TemporaryFolder folder;
  ArmFacts facts = SomeFacts();
  WriteArmFacts(folder.path(), facts);
  const ArmFacts arm = ReadArmFacts(folder.path() + "/arm.json");
  const std::map<std::string, std::string> settings(arm.settings.begin(), arm.settings.end());
  EXPECT_EQ(settings.size(), 3u);
  EXPECT_EQ(settings.at("norm"), "group");
  EXPECT_EQ(settings.at("l2"), "0.001");
  EXPECT_EQ(settings.at("augment"), "flip(0.5) \"quoted\"");
  EXPECT_EQ(arm.conditions.parameters, 7704u);
  EXPECT_EQ(arm.conditions.batch_size, 33);
  EXPECT_EQ(arm.conditions.steps, 9380);
  EXPECT_EQ(arm.conditions.initial_weights, std::string(64, 'a'));
  EXPECT_EQ(arm.conditions.data_order, std::string(64, '0'));
  EXPECT_EQ(arm.conditions.first_images, std::string(64, '9'));
  EXPECT_FALSE(arm.last) << "nothing is known of a training that has not ended";
}

TEST(ArmFacts, OfAFinishedTrainingHoldItsLastEvaluation) {
  const TemporaryFolder folder;
  ArmFacts facts = SomeFacts();
  facts.last = FinalEvaluation{103, 0.25, 99.5, std::nullopt, std::nullopt};
  WriteArmFacts(folder.path(), facts);
  ArmFacts arm = ReadArmFacts(folder.path() + "/arm.json");
  ASSERT_TRUE(arm.last);
  EXPECT_EQ(arm.last->clean_train_images, 103);
  EXPECT_EQ(arm.last->clean_train_loss, 0.25);
  EXPECT_EQ(arm.last->clean_train_accuracy, 99.5);
  EXPECT_FALSE(arm.last->batch_statistics_test_accuracy);
  facts.last->batch_statistics_test_loss = 0.75;
  facts.last->batch_statistics_test_accuracy = 98.25;
  WriteArmFacts(folder.path(), facts);
  arm = ReadArmFacts(folder.path() + "/arm.json");
  EXPECT_EQ(arm.last->batch_statistics_test_loss, 0.75);
  EXPECT_EQ(arm.last->batch_statistics_test_accuracy, 98.25);
}

}  // namespace
}  // namespace normlab
