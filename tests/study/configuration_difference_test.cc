#include "study/configuration_difference.h"

#include <gtest/gtest.h>

#include "config/plan.h"

namespace normlab {
namespace {

std::string Resolved(const std::string& text) {
  return ResolvedRecipe(ResolvePlan(ParseRecipe(text, "test.toml"), {}));
}

TEST(ConfigurationDifference, NamesTheKeysThatDifferAndNoOthers) {
  const std::string one = Resolved("lr = 0.5\nepochs = 2\n");
  EXPECT_EQ(ConfigurationDifference(one, Resolved("lr = 0.5\nepochs = 3\n")),
            "epochs = 2 there, 3 here");
  EXPECT_EQ(ConfigurationDifference(one, Resolved("lr = 0.5\nepochs = 2\njobs = 2\nthreads = 3\n")),
            "the keys are the same: its images, or the file of its initial weights, have changed "
            "since");
  EXPECT_EQ(ConfigurationDifference(
                one, Resolved("epochs = 2\nschedule = { name = \"step\", step_size = 4 }\n"
                              "[[run]]\nlr = 0.5\n[[run]]\nlr = 0.25\n")),
            "lr = 0.5 there, 0.5, 0.25 here; schedule = constant there, step here; "
            "schedule.step_size = nothing there, 4 here");
}

TEST(ConfigurationDifference, SaysSoWhereOnlyTheOrderDiffers) {
  EXPECT_EQ(ConfigurationDifference(Resolved("[[run]]\nlr = 0.5\n[[run]]\nlr = 0.25\n"),
                                    Resolved("[[run]]\nlr = 0.25\n[[run]]\nlr = 0.5\n")),
            "lr = 0.5, 0.25 there, 0.25, 0.5 here");
  EXPECT_EQ(ConfigurationDifference(
                Resolved("[[run]]\nlr = 0.5\n[[run]]\nlr = 0.25\n[[run]]\nlr = 0.5\nl2 = 1\n"),
                Resolved("[[run]]\nlr = 0.5\n[[run]]\nlr = 0.25\n[[run]]\nlr = 0.25\nl2 = 1\n")),
            "the trainings are others, or in another order");
}

TEST(ConfigurationDifference, NamesFourKeysAndCountsTheRest) {
  EXPECT_EQ(ConfigurationDifference(
                Resolved("lr = 1\nl1 = 1\nl2 = 1\nepochs = 1\ndropout = 0.5\nbatch_size = 5\n"),
                Resolved("")),
            "batch_size = 5 there, 128 here; dropout = 0.5 there, 0 here; epochs = 1 there, 20 "
            "here; l1 = 1 there, 0 here; and 2 more keys");
}

TEST(ConfigurationDifference, WhatIsNoRecipeHasNoKeys) {
  EXPECT_NE(ConfigurationDifference("[[[", Resolved("lr = 0.5\n")).find("nothing there"),
            std::string::npos);
}

}  // namespace
}  // namespace normlab
