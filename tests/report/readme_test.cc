// The README of a run: its sections, its numbers, and words of files that must not become markup.
#include "report/readme/readme.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>

#include "base/error.h"
#include "base/file.h"
#include "random_run.h"
#include "report/report.h"
#include "train/batches.h"

namespace normlab {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> Matches(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern, std::regex::multiline);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) {
    found.push_back((*it)[1]);
  }
  return found;
}

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

// C4 has 1 x 4 x 9 weights, its normalization 4 and 4, c3! has 4 x 3.
constexpr int kParameters = 36 + 8 + 12;

class Readme : public testing::Test {
 protected:
  Readme() : dataset_(RandomDataset(7, {1, 6, 5}, {"zero", "one", "two"})) {}

  ArmRecord Arm(const std::string& norm, std::uint64_t seed, double final_test,
                const std::string& label = "") {
    ArmRecord arm = RandomArm(seed, label.empty() ? norm : label, dataset_, 3, 4);
    arm.norm = norm;
    arm.settings = {{"model", "C4 GAP c3!"}, {"epochs", "3"},
                    {"batch_size", "16"},    {"optimizer", "sgd"},
                    {"validation", "0"},     {"augment", "none"},
                    {"norm", norm},          {"seed", std::to_string(seed)}};
    arm.metrics.back().test_accuracy = final_test;
    arm.conditions.reset();  // records of before: what is recorded is set where it is tested
    arm.last.reset();
    arm.layers.clear();
    return arm;
  }
  RunRecord Run(std::vector<ArmRecord> arms) {
    RunRecord run = RandomRun(folder_.path(), dataset_, std::move(arms));
    run.best_on_validation = false;
    for (const ArmRecord& arm : run.arms) {
      std::filesystem::create_directories(folder_.path() + "/" + arm.folder);
    }
    return run;
  }
  // Without figures: they have tests of their own.
  std::string Text(const RunRecord& run, bool with_images = true) {
    const ReportData data{with_images ? &dataset_ : nullptr, "no such folder", nullptr};
    return RunReadme(run, {run}, data, figures_, {});
  }

  TemporaryFolder folder_;
  Dataset dataset_;
  ReportFigures figures_;
};

TEST_F(Readme, SectionsStandInTheOrderOfReading) {
  RunRecord run =
      Run({Arm("batch", 1, 90), Arm("batch", 2, 91), Arm("layer", 1, 80), Arm("layer", 2, 81)});
  run.limits.parameters = 100;
  run.missing = {"arm x: layers.csv: no such file"};
  figures_.samples = {{"training-samples", "alt", "caption", "", {}, true}};
  figures_.galleries = {{"misclassified-batch", "alt", "caption", "", {}, false}};
  const std::string text = Text(run);
  const std::vector<std::string> titles = {"Objectives",
                                           "Data set",
                                           "Model",
                                           "Why normalize, and how",
                                           "Same conditions for all",
                                           "Results",
                                           "Graphs",
                                           "Misclassified images",
                                           "Findings",
                                           "Training logs",
                                           "Run it again",
                                           "What is missing",
                                           "Environment"};
  EXPECT_THAT(Matches(text, "^## (.*)$"), ElementsAreArray(titles));
  EXPECT_THAT(Matches(text, "^# (.*)$"), ElementsAre("random: batch; layer on Random"));
  EXPECT_THAT(text, HasSubstr("### Batch normalization\n"));
  EXPECT_THAT(text, HasSubstr("### Layer normalization\n"));
  EXPECT_THAT(text, Not(HasSubstr("### Group normalization")));
  // Each name in the line of contents leads to a heading.
  EXPECT_THAT(text, HasSubstr("[Objectives](#objectives) · [Data set](#data-set) · "));
  EXPECT_THAT(text, HasSubstr("[Why normalize, and how](#why-normalize-and-how)"));
  EXPECT_EQ(Count(text, "](#"), titles.size() + 1);  // and the findings in the summary
  EXPECT_THAT(text, HasSubstr(kReadmeMark));
  // Figures are counted in that order, drawn or not.
  EXPECT_THAT(text, HasSubstr("[![alt](figures/training-samples.png)](figures/training-samples.svg)"
                              "\n\n**Figure 1.** caption"));
  EXPECT_THAT(text, HasSubstr("(alt is not drawn.)\n\n**Figure 2.** caption"));
}

// Reports of runs from before the keys came stay as they were.
TEST_F(Readme, SaysGhostAndProgramWhereTheyAreNotTheUsual) {
  RunRecord run = Run({Arm("batch", 1, 90)});
  run.recipe_text = "groups = 3\n[[run]]\nl2 = 0\n";
  EXPECT_THAT(Text(run), AllOf(HasSubstr("| groups | 3 |\n"), Not(HasSubstr("| ghost |")),
                               Not(HasSubstr("program"))));
  run.recipe_text = "ghost = 8\nnorm_program = \"equation\"\n[[run]]\nl2 = 0\n";
  EXPECT_THAT(Text(run),
              AllOf(HasSubstr("| ghost | 8 |\n"), HasSubstr("| norm\\_program | equation |\n")));
}

TEST_F(Readme, SaysNothingOfLimitsThatAreNotSet) {
  const std::string text = Text(Run({Arm("batch", 1, 90)}));
  EXPECT_THAT(text, Not(HasSubstr("Objectives")));
  EXPECT_THAT(text, Not(HasSubstr("What is missing")));
}

// Student's t of 2 degrees of freedom, 97.5 %: 4.302653 (any table). 72 -+ 4.302653 x 2 / sqrt(3).
TEST_F(Readme, MeansDeviationsAndIntervals) {
  const std::string text =
      Text(Run({Arm("batch", 1, 70), Arm("batch", 2, 72), Arm("batch", 3, 74)}));
  EXPECT_THAT(text, HasSubstr("| 72.00 ± 2.00 | \\[67.03, 76.97\\] |"));
}

TEST_F(Readme, JudgesLimitsSeedBySeed) {
  ArmRecord open = Arm("group", 2, 95);
  open.state = "interrupted";
  RunRecord run = Run({Arm("batch", 1, 70), Arm("batch", 2, 69.99), Arm("layer", 1, 71),
                       Arm("layer", 2, 72), Arm("group", 1, 90), open});
  run.limits = {kParameters, 3, 70.0};
  const std::string text = Text(run);
  EXPECT_THAT(text, HasSubstr("at most 56 parameters; at most 3 epochs; a test accuracy of at "
                              "least 70 % after the last epoch. Not every training meets"));
  EXPECT_THAT(text, HasSubstr("| batch | 56 | 3 | 69.99 to 70.00 | by 1 of 2 seeds |"));
  EXPECT_THAT(text, HasSubstr("| layer | 56 | 3 | 71.00 to 72.00 | by all 2 seeds |"));
  EXPECT_THAT(text, HasSubstr("| group | 56 | 3 | 90.00 | by 1 of 2 seeds |"));
  run.limits = {kParameters - 1, {}, {}};
  EXPECT_THAT(Text(run), HasSubstr("| layer | 56 | by 0 of 2 seeds |"));
  run.limits = {kParameters, 2, {}};
  EXPECT_THAT(Text(run), HasSubstr("| layer | 56 | 3 | by 0 of 2 seeds |"));
  run.limits = {kParameters, 3, {}};
  EXPECT_THAT(Text(run), HasSubstr("Every training meets all of it."));
}

TEST_F(Readme, RecordedParametersComeFirstAndUnknownOnesAreSaid) {
  RunRecord run = Run({Arm("batch", 1, 70)});
  run.limits.parameters = 1000;
  run.arms[0].conditions = TrainingConditions{};
  run.arms[0].conditions->parameters = 1234;
  EXPECT_THAT(Text(run), HasSubstr("| batch | 1,234 | no |"));
  run.arms[0].conditions.reset();
  run.arms[0].settings.erase("model");
  run.recipe_text.clear();
  EXPECT_THAT(Text(run), HasSubstr("| batch | unknown | unknown |"));
}

TEST_F(Readme, CleanTrainAccuracyWhereItIsRecorded) {
  RunRecord run = Run({Arm("batch", 1, 70), Arm("batch", 2, 72), Arm("layer", 1, 71)});
  EXPECT_THAT(Text(run), Not(HasSubstr("lean train")));
  run.arms[0].last = FinalEvaluation{10000, 0.5, 81.25, {}, {}};
  run.arms[1].last = FinalEvaluation{10000, 0.25, 83.25, {}, {}};
  const std::string text = Text(run);
  EXPECT_THAT(text, HasSubstr("| clean train |"));
  EXPECT_THAT(text, HasSubstr("| 82.25 ± 1.41 |"));  // sqrt(2) = 1.414
  EXPECT_THAT(text, HasSubstr("| 0.3750 ± 0.1768 |"));
  EXPECT_THAT(text, HasSubstr("on 10000 training images that are the same for all models"));
}

TEST_F(Readme, DataSetInNumbers) {
  dataset_.statistics = {{0.25}, {0.125}};
  dataset_.test.labels[0] = 2;  // 60 images, 20 of each of three classes, and now 19 and 21
  const std::string text = Text(Run({Arm("batch", 1, 70)}));
  EXPECT_THAT(text, HasSubstr("60 training and 60 test images of 1 x 6 x 5"));
  EXPECT_THAT(text, HasSubstr("| 0 | 0.2500 | 0.1250 |"));
  EXPECT_THAT(text, HasSubstr("| zero | 20 | 19 |"));
  EXPECT_THAT(text, HasSubstr("| two | 20 | 21 |"));
}

TEST_F(Readme, AClassThatHoldingOutLeavesEmptyIsSaid) {
  for (std::uint8_t& label : dataset_.train.labels) label %= 2;
  dataset_.train.labels[11] = 2;  // the only one
  std::vector<ArmRecord> arms;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    arms.push_back(Arm("batch", seed, 70));
    arms.back().settings["validation"] = "30";
  }
  const std::string text = Text(Run(arms));
  std::size_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const std::vector<std::uint32_t> held_out = ChooseHoldOut(60, 30, seed).validation;
    const bool is_lost = std::ranges::find(held_out, 11u) != held_out.end();
    const std::string line = fmt::format("**Not trained on by seed {}**: two; validation", seed);
    EXPECT_EQ(Count(text, line), is_lost ? 1u : 0u) << seed;
    lost += is_lost ? 1 : 0;
  }
  EXPECT_EQ(Count(text, "Not trained on"), lost);
  EXPECT_GT(lost, 0u);
}

TEST_F(Readme, TheModelsTableHasReceptiveFields) {
  const std::string text = Text(Run({Arm("batch", 1, 70), Arm("layer", 1, 70)}));
  EXPECT_THAT(text, HasSubstr("C4 GAP c3!"));
  EXPECT_THAT(text, HasSubstr("eceptive field"));
  EXPECT_THAT(text, HasSubstr("Conv2d"));
}

// The table of the first seed's network (its model.py: channels, maps, weights, multiply-adds), and
// both counts of the second's: torchsummary counts the unit that is applied twice twice.
TEST_F(Readme, LayersOfTheTwoWriteUps) {
  RunRecord run = Run({Arm("batch", 1, 70)});
  run.arms[0].settings["model"] = "mnist-8k";
  run.dataset = "mnist";
  run.class_names.resize(10, "digit");
  const std::string mnist = Text(run, false);
  for (const char* row : {"| C1 | convolution 3 x 3 | 8 x 26 x 26 | 72 | 16 | 48,672 | 3 |",
                          "| C2 | convolution 3 x 3 | 16 x 24 x 24 | 1,152 | 32 | 663,552 | 5 |",
                          "| P1 | max pool 2 x 2 | 16 x 12 x 12 |  |  |  | 6 |",
                          "| c3 | convolution 1 x 1, bare | 8 x 12 x 12 | 128 |  | 18,432 | 6 |",
                          "| C6 | convolution 3 x 3 | 16 x 6 x 6 | 2,304 | 32 | 82,944 | 18 |",
                          "7,704 parameters with batch normalization, 1,076,672 multiply-adds"}) {
    EXPECT_THAT(mnist, HasSubstr(row));
  }
  run.arms[0].settings["model"] = "cifar-37k";
  run.dataset = "cifar10";
  const std::string cifar = Text(run, false);
  EXPECT_THAT(cifar, HasSubstr("| C4 | convolution 3 x 3, applied 2 times | 24 x 16 x 16 | 5,184 | "
                               "48 | 2,654,208 |"));
  EXPECT_THAT(cifar, HasSubstr("37,140 parameters (42,372 where a layer that is applied twice is "
                               "counted twice"));
  EXPECT_THAT(cifar, HasSubstr("8,130,880 multiply-adds"));
}

TEST_F(Readme, ANetworkThatIsNoneIsSaidAndTheRestShown) {
  RunRecord run = Run({Arm("batch", 1, 70)});
  run.arms[0].settings["model"] = "C4 | <b>";
  const std::string text = Text(run);
  EXPECT_THAT(text, HasSubstr("cannot be shown"));
  EXPECT_THAT(text, Not(HasSubstr("<b>")));
  EXPECT_THAT(text, HasSubstr("## Results"));
}

TEST_F(Readme, WithoutImagesItSaysWhatIsLeftOut) {
  RunRecord run = Run({Arm("batch", 1, 70)});
  const std::string text = Text(run, false);
  EXPECT_THAT(text, HasSubstr("## What is missing\n\n- the images: no such folder; samples"));
  EXPECT_THAT(text, HasSubstr("The images are left out"));
  EXPECT_THAT(text, HasSubstr("70.00"));
  // What a published set's name tells needs no file.
  run.dataset = "mnist";
  run.class_names.resize(10, "digit");
  run.arms[0].settings["model"] = "mnist-8k";
  const std::string published = Text(run, false);
  EXPECT_THAT(published, HasSubstr("60,000 training and 10,000 test images of 1 x 28 x 28"));
  EXPECT_THAT(published, HasSubstr("eceptive field"));
}

TEST_F(Readme, LogsAreFoldedEscapedAndBounded) {
  RunRecord run = Run({Arm("batch", 1, 70), Arm("layer", 1, 71)});
  WriteFile(folder_.path() + "/" + run.arms[0].folder + "/log.txt",
            "Epoch 1:\n</pre></details><script>`a`|\x1b[31m\nTest set: 1\n\nEpoch 2:\nlast\n");
  std::string endless;
  for (int epoch = 1; epoch <= 20000; ++epoch) endless += fmt::format("Epoch {}:\nx\n\n", epoch);
  WriteFile(folder_.path() + "/" + run.arms[1].folder + "/log.txt", endless);
  const std::string text = Text(run);
  EXPECT_LT(text.size(), std::size_t{512} << 10);
  EXPECT_THAT(text, HasSubstr("&lt;/pre&gt;&lt;/details&gt;&lt;script&gt;`a`| [31m\n"));
  EXPECT_THAT(text, HasSubstr("Epoch 2:\nlast\n</pre>"));
  EXPECT_THAT(text, HasSubstr("Epoch 20000:\nx\n</pre>"));
  EXPECT_THAT(text, Not(HasSubstr("\nEpoch 100:\n")));
  EXPECT_THAT(text, HasSubstr("<pre>\nEpoch "));
  EXPECT_THAT(text, HasSubstr("The last epochs; the whole log is in the file."));
  EXPECT_EQ(Count(text, "<pre>"), 2u);
  EXPECT_EQ(Count(text, "</pre>"), 2u);
}

TEST_F(Readme, ManyLogsStayBelowTheLimitOfGitHub) {
  std::vector<ArmRecord> arms;
  for (int seed = 1; seed <= 200; ++seed) arms.push_back(Arm("batch", seed, 70));
  const RunRecord run = Run(arms);
  for (const ArmRecord& arm : run.arms) {
    WriteFile(folder_.path() + "/" + arm.folder + "/log.txt", std::string(90000, '<') + "\n");
  }
  EXPECT_LT(Text(run).size(), std::size_t{512} << 10);
}

// Every row of every table has as many cells as its head.
void ExpectWholeTables(const std::string& text) {
  std::size_t cells = 0, start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string line = text.substr(start, end - start);
    start = end + 1;
    if (!line.starts_with("|")) {
      cells = 0;
      continue;
    }
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\') {
        ++i;
      } else {
        bars += line[i] == '|' ? 1 : 0;
      }
    }
    if (cells == 0) cells = bars;
    EXPECT_EQ(bars, cells) << line;
  }
}

TEST_F(Readme, WordsOfFilesAreNeverMarkup) {
  const std::string evil = "</details></summary>|`x`\n# h <script> [a](b) --> ***";
  dataset_.class_names = {evil, "b|c", "`"};
  dataset_.title = evil;
  dataset_.statistics = {{0.5}, {0.5}};
  RunRecord run =
      Run({Arm("batch", 1, 70, evil), Arm("batch", 2, 71, evil), Arm("<script>", 1, 72, "other")});
  run.recipe = evil;
  run.recipe_text = "about = \"" + evil.substr(0, 24) + "\"\n";
  run.missing = {evil};
  run.limits.parameters = 100;
  run.started = evil;
  run.environment_json = R"({"</details>": "<script>", "command": ["a`", "|"]})";
  run.arms[0].settings["lr"] = evil;
  run.arms[1].settings["lr"] = evil;
  run.arms[2].settings["lr"] = evil;
  run.arms[0].settings["</details>`k`"] = "1";
  run.arms[0].message = evil;
  run.arms[2].state = "diverged";
  const std::string text = Text(run);
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
  EXPECT_EQ(Count(text, "<details>"), Count(text, "</details>"));
  EXPECT_EQ(Count(text, "<summary>"), Count(text, "</summary>"));
  EXPECT_EQ(Matches(text, "^(# .*)$").size(), 1u);
  // A summary stands in a block of HTML, where brackets are brackets.
  const std::string markdown = std::regex_replace(text, std::regex("<summary>.*</summary>"), "");
  EXPECT_THAT(markdown, Not(HasSubstr("[a](b)")));
  ExpectWholeTables(text);
}

TEST_F(Readme, TellsHowToRunItAgain) {
  const std::string text = Text(Run({Arm("batch", 1, 70)}));
  EXPECT_THAT(text, HasSubstr("    normlab run ./recipe.toml --out again\n"));
  EXPECT_THAT(text, HasSubstr("    normlab run 'it'\\''s'\n"));
}

TEST_F(Readme, ManyModelsShowTheBestOfEachNormalization) {
  std::vector<ArmRecord> arms;
  for (int i = 0; i < 9; ++i) {
    arms.push_back(Arm(i < 5 ? "batch" : "layer", 1, 60 + i, fmt::format("m{}", i)));
  }
  const std::string text = Text(Run(arms));
  const std::string summary = text.substr(0, text.find("## Data set"));
  EXPECT_THAT(summary, HasSubstr("chosen by the mean test accuracy after the last epoch"));
  EXPECT_THAT(summary, HasSubstr("| m4 |"));
  EXPECT_THAT(summary, HasSubstr("| m8 |"));
  EXPECT_THAT(summary, Not(HasSubstr("| m7 |")));
  EXPECT_THAT(text, HasSubstr("| m7 |"));
}

}  // namespace
}  // namespace normlab
