// arm.json as it is written, read by the report's reader.
#include "study/arm_facts.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "report/records/arm_tables.h"
#include "tests/train/temporary_folder.h"

namespace normlab {
namespace {

ArmFacts SomeFacts() {
  ArmFacts facts;
  facts.config.norm = "group";
  facts.config.l2 = 0.001;
  facts.config.seed = 7;
  facts.config.augment = "flip(0.5) \"quoted\"";
  facts.conditions = {
      7704, 33, 9380, std::string(64, 'a'), std::string(64, '0'), std::string(64, '9')};
  return facts;
}

TEST(ArmFacts, AreReadAsWritten) {
  const TemporaryFolder folder;
  ArmFacts facts = SomeFacts();
  ArmRecord arm;
  WriteArmFacts(folder / "", facts);
  ReadArmFacts(folder / "arm.json", arm);
  EXPECT_EQ(arm.settings.at("norm"), "group");
  EXPECT_EQ(arm.settings.at("l2"), "0.001");
  EXPECT_EQ(arm.settings.at("seed"), "7");
  EXPECT_EQ(arm.settings.at("augment"), "flip(0.5) \"quoted\"");
  ASSERT_TRUE(arm.conditions);
  EXPECT_EQ(arm.conditions->parameters, 7704u);
  EXPECT_EQ(arm.conditions->batch_size, 33);
  EXPECT_EQ(arm.conditions->steps, 9380);
  EXPECT_EQ(arm.conditions->initial_weights, std::string(64, 'a'));
  EXPECT_EQ(arm.conditions->data_order, std::string(64, '0'));
  EXPECT_EQ(arm.conditions->first_images, std::string(64, '9'));
  EXPECT_FALSE(arm.last) << "nothing is known of a training that has not ended";
}

TEST(ArmFacts, OfAFinishedTrainingHoldItsLastEvaluation) {
  const TemporaryFolder folder;
  ArmFacts facts = SomeFacts();
  facts.last = FinalEvaluation{103, 0.25, 99.5, std::nullopt, std::nullopt};
  ArmRecord arm;
  WriteArmFacts(folder / "", facts);
  ReadArmFacts(folder / "arm.json", arm);
  ASSERT_TRUE(arm.last);
  EXPECT_EQ(arm.last->clean_train_images, 103);
  EXPECT_EQ(arm.last->clean_train_loss, 0.25);
  EXPECT_EQ(arm.last->clean_train_accuracy, 99.5);
  EXPECT_FALSE(arm.last->batch_statistics_test_accuracy);
  facts.last->batch_statistics_test_loss = 0.75;
  facts.last->batch_statistics_test_accuracy = 98.25;
  WriteArmFacts(folder / "", facts);
  ReadArmFacts(folder / "arm.json", arm);
  EXPECT_EQ(arm.last->batch_statistics_test_loss, 0.75);
  EXPECT_EQ(arm.last->batch_statistics_test_accuracy, 98.25);
}

}  // namespace
}  // namespace normlab
