#include "config/recorded_recipe.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

TEST(RecordedRecipe, ValueOfABaseKey) {
  const std::string text =
      "model = \"C8 # not a comment\"  # a comment\nlr=0.1\n[[run]]\nnorm = 'x'\n";
  EXPECT_EQ(RecordedValue(text, "model"), "C8 # not a comment");
  EXPECT_EQ(RecordedValue(text, "lr"), "0.1");
  EXPECT_EQ(RecordedValue(text, "norm"), "");
  const std::string limited = "lr = 0.1\n\n[limits]\nepochs = 20\n\n[[run]]\nepochs = 5\n";
  EXPECT_EQ(RecordedValue(limited, "lr"), "0.1");
  EXPECT_EQ(RecordedValue(limited, "epochs"), "") << "a limit is no setting";
}

TEST(RecordedRecipe, ValuesAreThoseOfTheRecords) {
  const RecordedRecipe recipe = ReadRecordedRecipe(
      "recipe = \"a \\\"quoted\\\" \\\\ name\"\nnorm_eps = 1e-05\nepochs = 20\nnesterov = false\n"
      "schedule = { name = \"plateau\", factor = 0.5, patience = 3 }\nsome_later_key = 7\n"
      "[[run]]  # batch-seed1\nnorm = \"batch\"\n[[run]]\nnorm = \"layer\"\nlr = 0.25\n");
  const std::map<std::string, std::string> base = {{"recipe", "a \"quoted\" \\ name"},
                                                   {"norm_eps", "1e-05"},
                                                   {"epochs", "20"},
                                                   {"nesterov", "false"},
                                                   {"schedule", "plateau"},
                                                   {"schedule.factor", "0.5"},
                                                   {"schedule.patience", "3"},
                                                   {"some_later_key", "7"}};
  EXPECT_EQ(recipe.base, base);
  ASSERT_EQ(recipe.arms.size(), 2u);
  EXPECT_EQ(recipe.arms[0].at("norm"), "batch");
  EXPECT_EQ(recipe.arms[1].at("lr"), "0.25");
}

TEST(RecordedRecipe, OfNoTomlNothingIsRead) {
  for (const std::string& text :
       {std::string("model = \"C8\nlr = 1\n"), std::string("]["), std::string(1 << 15, '.'),
        std::string("a") + std::string(20000, '.') + " = 1\n"}) {
    EXPECT_TRUE(ReadRecordedRecipe(text).base.empty());
  }
  EXPECT_TRUE(ReadRecordedRecipe("run = 3\n").arms.empty());
}

}  // namespace
}  // namespace normlab
