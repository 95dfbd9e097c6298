#include "study/doubts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "noise_dataset.h"
#include "train/batches.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

StudyPlan PlanOfText(const std::string& text) {
  return ResolvePlan(ParseRecipe(text, "doubts.toml"), {});
}

TEST(PlanDoubts, SayWhatTheSummaryWarnsOf) {
  // An average right after a normalization of each channel's own pixels.
  const std::string model = "model = \"C16 P C32 GAP c10!\"\norder = \"conv-relu-norm-dropout\"\n";
  EXPECT_THAT(PlanDoubts(PlanOfText(model + "norm = \"instance\"\n")),
              Contains(AllOf(HasSubstr("instance: "), HasSubstr("only the bias"))));
  EXPECT_THAT(PlanDoubts(PlanOfText(model + "norm = \"batch\"\n")),
              Not(Contains(HasSubstr("only the bias"))));
}

TEST(PlanDoubts, SayThatABatchIsOneGhostBatch) {
  const std::string model = "model = \"C16 P C32 GAP c10!\"\nnorm = [\"batch\", \"ghost-batch\"]\n";
  const auto said = HasSubstr("ghost is 0, so that the batch is one");
  EXPECT_THAT(PlanDoubts(PlanOfText(model)),
              Contains(AllOf(HasSubstr("ghost-batch: "), said)).Times(1));
  EXPECT_THAT(PlanDoubts(PlanOfText(model + "ghost = 16\n")), Not(Contains(said)));
}

TEST(PlanDoubts, SayWhichMilestonesNeverCome) {
  const std::string recipe =
      "epochs = 20\nschedule = { name = \"multistep\", milestones = \"9 20 60\" }\n";
  EXPECT_THAT(PlanDoubts(PlanOfText(recipe)),
              Contains(HasSubstr("after epoch 20, 60, which never")));
  EXPECT_THAT(PlanDoubts(PlanOfText("epochs = 61\n" + recipe.substr(recipe.find('\n') + 1))),
              Not(Contains(HasSubstr("never comes"))));
  EXPECT_THAT(PlanDoubts(PlanOfText("epochs = 20\nschedule = { name = \"multistep\", milestones = "
                                    "[9, 20, 60] }\n")),
              Contains(HasSubstr("after epoch 20, 60, which never")));
  EXPECT_THAT(PlanDoubts(PlanOfText("epochs = 12\nschedule = \"plateau\"\n")),
              Contains(HasSubstr("after epoch 12, which never")));
  EXPECT_THAT(PlanDoubts(PlanOfText("epochs = 13\nschedule = \"plateau\"\n")),
              Not(Contains(HasSubstr("never comes"))));
  EXPECT_THAT(PlanDoubts(PlanOfText("max_steps = 1\n" + recipe)),
              Contains(HasSubstr("before the end of 1 epochs (max_steps = 1)")));
  EXPECT_THAT(PlanDoubts(PlanOfText("epochs = 3\nschedule = { name = \"step\", step_size = 3 }\n")),
              Contains(HasSubstr("after epoch 3")));
}

TEST(DataDoubts, SayWhichClassHoldingOutLeavesEmpty) {
  Dataset dataset = NoiseDataset(40, 5);
  std::ranges::replace(dataset.train.labels, std::uint8_t{7}, std::uint8_t{6});
  dataset.train.labels[11] = 7;  // the only one
  const StudyPlan none = PlanOfText("validation = 0\nbatch_size = 4\n");
  EXPECT_THAT(DataDoubts(none, dataset), IsEmpty());
  int said = 0;
  for (int seed = 1; seed <= 20; ++seed) {
    const StudyPlan plan =
        PlanOfText("validation = 20\nbatch_size = 4\nseed = " + std::to_string(seed));
    const HoldOut split = ChooseHoldOut(40, 20, static_cast<std::uint64_t>(seed));
    const bool lost = std::ranges::find(split.validation, 11u) != split.validation.end();
    const auto doubts = DataDoubts(plan, dataset);
    const std::string subject = "seed " + std::to_string(seed) + ": no image is trained on of ";
    std::string empty;  // the classes that the line names
    for (const std::string& doubt : doubts) {
      if (doubt.starts_with(subject))
        empty = doubt.substr(subject.size(), doubt.find(", since") - subject.size());
    }
    EXPECT_EQ(empty.find('7') != std::string::npos, lost) << seed << ": " << empty;
    said += lost ? 1 : 0;
  }
  EXPECT_GT(said, 0);
  EXPECT_LT(said, 20);
}

TEST(DataDoubts, SayWhichFilesAreNotThePublishedOnes) {
  Dataset dataset = NoiseDataset(8, 5);
  dataset.title = "Fashion-MNIST";
  dataset.sources = {{"/here/a", "", true}, {"/here/b", "", false}};
  const StudyPlan plan = PlanOfText("batch_size = 4\n");
  EXPECT_THAT(DataDoubts(plan, dataset),
              ElementsAre(AllOf(HasSubstr("1 of the 2 files"), HasSubstr("/here/b"),
                                HasSubstr("normlab data verify fashion-mnist"))));
  dataset.sources[1].official = true;
  EXPECT_THAT(DataDoubts(plan, dataset), IsEmpty());
}

}  // namespace
}  // namespace normlab
