#include "records/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "tests/report/random_run.h"
#include "tests/text_forms.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RunFolder : public testing::Test {
 protected:
  RunFolder()
      : dataset_(RandomDataset(1, {1, 4, 4}, {"zero", "one", "two"})),
        run_(RandomRun(
            folder_.path(), dataset_,
            {RandomArm(1, "batch", dataset_, 3, 5), RandomArm(1, "layer", dataset_, 2, 0)})) {
    run_.limits = {8000, 20, 99.5};
    run_.arms[1].last->batch_statistics_test_loss.reset();
    run_.arms[1].last->batch_statistics_test_accuracy.reset();
    LayDown(run_);
  }

  // The one line of `missing`; nothing of that file was kept.
  std::string Missing() const {
    const RunRecord read = ReadRunFolder(folder_.path());
    EXPECT_EQ(read.arms.size(), run_.arms.size());
    if (read.missing.size() == 1 && read.missing[0].find('\n') == std::string::npos) {
      return read.missing[0];
    }
    ADD_FAILURE() << "expected one line, found " << read.missing.size();
    return "";
  }

  // The one line that reading fails with.
  std::string Complaint() const {
    try {
      ReadRunFolder(folder_.path());
    } catch (const DataError& error) {
      const std::string line = error.what();
      EXPECT_EQ(line.find('\n'), std::string::npos) << line;
      return line;
    }
    ADD_FAILURE() << "nothing was refused";
    return "";
  }

  void Replace(const std::string& file, const std::string& from, const std::string& to) {
    std::string text = ReadFile(folder_.path() + "/" + file);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    WriteFile(folder_.path() + "/" + file, text.replace(at, from.size(), to));
  }
  std::string Metrics() const { return run_.arms[0].folder + "/metrics.csv"; }
  std::string Errors() const { return run_.arms[0].folder + "/errors.csv"; }

  TemporaryFolder folder_;
  Dataset dataset_;
  RunRecord run_;
};

TEST_F(RunFolder, ReadsWhatWasLaidDown) {
  const RunRecord read = ReadRunFolder(folder_.path());
  EXPECT_THAT(read.missing, testing::IsEmpty());
  EXPECT_EQ(read.recipe, run_.recipe);
  EXPECT_EQ(read.recipe_text, run_.recipe_text);
  EXPECT_EQ(read.dataset, run_.dataset);
  EXPECT_EQ(read.class_names, run_.class_names);
  EXPECT_TRUE(read.best_on_validation);
  EXPECT_EQ(read.started, run_.started);
  ASSERT_EQ(read.arms.size(), run_.arms.size());
  for (std::size_t a = 0; a < read.arms.size(); ++a) {
    const ArmRecord &arm = read.arms[a], &laid = run_.arms[a];
    EXPECT_EQ(arm.label, laid.label);
    EXPECT_EQ(arm.seed, laid.seed);
    EXPECT_EQ(arm.best_epoch, laid.best_epoch);
    EXPECT_EQ(arm.seconds, laid.seconds);
    ASSERT_EQ(arm.metrics.size(), laid.metrics.size());
    for (std::size_t e = 0; e < arm.metrics.size(); ++e) {
      EXPECT_EQ(arm.metrics[e].train_loss, laid.metrics[e].train_loss);
      EXPECT_EQ(arm.metrics[e].train_accuracy, laid.metrics[e].train_accuracy);
      EXPECT_EQ(arm.metrics[e].test_loss, laid.metrics[e].test_loss);
      EXPECT_EQ(arm.metrics[e].test_accuracy, laid.metrics[e].test_accuracy);
      EXPECT_EQ(arm.metrics[e].validation_loss, laid.metrics[e].validation_loss);
      EXPECT_EQ(arm.metrics[e].validation_accuracy, laid.metrics[e].validation_accuracy);
      EXPECT_EQ(arm.metrics[e].penalty, laid.metrics[e].penalty);
      EXPECT_EQ(arm.metrics[e].learning_rate, laid.metrics[e].learning_rate);
      EXPECT_EQ(arm.metrics[e].seconds, laid.metrics[e].seconds);
    }
    ASSERT_EQ(arm.errors.size(), laid.errors.size());
    for (std::size_t i = 0; i < arm.errors.size(); ++i) {
      EXPECT_EQ(arm.errors[i].index, laid.errors[i].index);
      EXPECT_EQ(arm.errors[i].truth, laid.errors[i].truth);
      EXPECT_EQ(arm.errors[i].prediction, laid.errors[i].prediction);
      EXPECT_EQ(arm.errors[i].prediction_probability, laid.errors[i].prediction_probability);
      EXPECT_EQ(arm.errors[i].loss, laid.errors[i].loss);
    }
  }
}

TEST_F(RunFolder, ReadsLimitsConditionsAndTheLastEvaluation) {
  const RunRecord read = ReadRunFolder(folder_.path());
  EXPECT_EQ(read.limits.parameters, 8000u);
  EXPECT_EQ(read.limits.epochs, 20);
  EXPECT_EQ(read.limits.accuracy, 99.5);
  for (std::size_t a = 0; a < read.arms.size(); ++a) {
    const ArmRecord &arm = read.arms[a], &laid = run_.arms[a];
    EXPECT_EQ(arm.settings, laid.settings);
    ASSERT_TRUE(arm.conditions && arm.last);
    EXPECT_EQ(arm.conditions->parameters, laid.conditions->parameters);
    EXPECT_EQ(arm.conditions->batch_size, laid.conditions->batch_size);
    EXPECT_EQ(arm.conditions->steps, laid.conditions->steps);
    EXPECT_EQ(arm.conditions->initial_weights, laid.conditions->initial_weights);
    EXPECT_EQ(arm.conditions->data_order, laid.conditions->data_order);
    EXPECT_EQ(arm.conditions->first_images, laid.conditions->first_images);
    EXPECT_EQ(arm.last->clean_train_images, laid.last->clean_train_images);
    EXPECT_EQ(arm.last->clean_train_loss, laid.last->clean_train_loss);
    EXPECT_EQ(arm.last->clean_train_accuracy, laid.last->clean_train_accuracy);
    EXPECT_EQ(arm.last->batch_statistics_test_loss, laid.last->batch_statistics_test_loss);
    EXPECT_EQ(arm.last->batch_statistics_test_accuracy, laid.last->batch_statistics_test_accuracy);
  }
}

TEST_F(RunFolder, ReadsEveryLayer) {
  const RunRecord read = ReadRunFolder(folder_.path());
  for (std::size_t a = 0; a < read.arms.size(); ++a) {
    ASSERT_EQ(read.arms[a].layers.size(), run_.arms[a].layers.size());
    for (std::size_t i = 0; i < read.arms[a].layers.size(); ++i) {
      const LayerStatistics &row = read.arms[a].layers[i], &laid = run_.arms[a].layers[i];
      EXPECT_EQ(row.epoch, laid.epoch);
      EXPECT_EQ(row.layer, laid.layer);
      EXPECT_EQ(row.application, laid.application);
      for (double LayerStatistics::*field :
           {&LayerStatistics::mean_before, &LayerStatistics::deviation_before,
            &LayerStatistics::mean_after, &LayerStatistics::deviation_after,
            &LayerStatistics::gradient_norm, &LayerStatistics::weight_norm,
            &LayerStatistics::running_mean_distance, &LayerStatistics::running_variance_distance}) {
        EXPECT_TRUE(row.*field == laid.*field ||
                    (std::isnan(row.*field) && std::isnan(laid.*field)));
      }
    }
  }
}

// As normlab wrote it before these were kept.
TEST_F(RunFolder, AnOlderFolderIsReadAndWhatItLacksIsNotMadeUp) {
  for (ArmRecord& arm : run_.arms) {
    std::filesystem::remove(folder_.path() + "/" + arm.folder + "/arm.json");
    std::filesystem::remove(folder_.path() + "/" + arm.folder + "/layers.csv");
    Replace(arm.folder + "/metrics.csv", "penalty", "ignored");
  }
  Replace("recipe.toml", "layer_statistics = true", "");
  const RunRecord read = ReadRunFolder(folder_.path());
  EXPECT_THAT(read.missing, testing::ElementsAre(AllOf(HasSubstr("arm.json is missing in"),
                                                       HasSubstr(run_.arms[0].folder),
                                                       HasSubstr(run_.arms[1].folder))));
  EXPECT_TRUE(std::isnan(read.arms[0].metrics[0].penalty));
  EXPECT_FALSE(read.arms[0].conditions || read.arms[0].last);
  EXPECT_TRUE(read.arms[0].settings.empty() && read.arms[0].layers.empty());
}

TEST_F(RunFolder, SaysThatNoRevisionIsKnown) {
  WriteFile(folder_.path() + "/environment.json", R"({"normlab": "1", "revision": ""})");
  EXPECT_THAT(ReadRunFolder(folder_.path()).missing,
              testing::ElementsAre(testing::HasSubstr("outside a git checkout")));
  WriteFile(folder_.path() + "/environment.json", R"({"normlab": "1", "revision": "ab12"})");
  EXPECT_THAT(ReadRunFolder(folder_.path()).missing, testing::IsEmpty());
}

TEST_F(RunFolder, ShowsTheRestWhereFilesAreMissing) {
  std::filesystem::remove(folder_.path() + "/" + Errors());
  std::filesystem::remove(folder_.path() + "/environment.json");
  std::filesystem::remove(folder_.path() + "/recipe.toml");
  const RunRecord read = ReadRunFolder(folder_.path());
  EXPECT_THAT(read.missing,
              testing::UnorderedElementsAre("recipe.toml is missing", "environment.json is missing",
                                            "errors.csv is missing in " + run_.arms[0].folder));
  EXPECT_TRUE(read.arms[0].errors_missing);
  EXPECT_EQ(read.arms[0].metrics.size(), 3u);
  EXPECT_FALSE(read.arms[1].errors_missing) << "it has the file, without a miss";
  std::filesystem::remove(folder_.path() + "/" + Metrics());
  EXPECT_TRUE(ReadRunFolder(folder_.path()).arms[0].metrics.empty());
  EXPECT_EQ(ReadRunFolder(folder_.path()).arms[0].best_epoch, 0);
}

TEST_F(RunFolder, TellsABrokenLayerAndBrokenFacts) {
  const std::string layers = run_.arms[0].folder + "/layers.csv";
  const std::string good = ReadFile(folder_.path() + "/" + layers);
  Replace(layers, "\n2,C1,", "\n5,C1,");
  EXPECT_THAT(Missing(), HasSubstr("layers.csv:5: epoch"));
  WriteFile(folder_.path() + "/" + layers, good);
  Replace(layers, "gradient_norm", "gradient");
  EXPECT_THAT(Missing(), HasSubstr("layers.csv:1: expected a column gradient_norm"));
  WriteFile(folder_.path() + "/" + layers, good);
  const std::string facts = run_.arms[1].folder + "/arm.json";
  const std::string whole = ReadFile(folder_.path() + "/" + facts);
  for (const auto& [from, to, said] : std::vector<std::array<std::string, 3>>{
           {"\"data_order\":\"", "\"data_order\":\"z", "64 hexadecimal digits"},
           {"\"clean_train_accuracy\":", "\"clean_train_accuracy\":\"x\",\"a\":", "a number"},
           {"\"l2\":\"0.001\"", "\"l2\":0.001", "settings.l2"},
           {"{", "{{", "expected JSON"}}) {
    WriteFile(folder_.path() + "/" + facts, whole);
    Replace(facts, from, to);
    EXPECT_THAT(Missing(), AllOf(HasSubstr("arm.json"), HasSubstr(said)));
  }
}

TEST_F(RunFolder, TellsTheLineOfABrokenNumber) {
  Replace(Metrics(), "\n2,", "\n2,x");
  EXPECT_THAT(Missing(), AllOf(HasSubstr("metrics.csv:3: train_loss"), HasSubstr("\"x")));
}

TEST_F(RunFolder, TellsAMissingColumn) {
  Replace(Metrics(), "test_loss", "toast_loss");
  EXPECT_THAT(Missing(), AllOf(HasSubstr("metrics.csv:1:"), HasSubstr("column test_loss")));
}

TEST_F(RunFolder, TellsAnEpochOutOfOrder) {
  Replace(Metrics(), "\n2,", "\n3,");
  EXPECT_THAT(Missing(), HasSubstr("metrics.csv:3: epoch: expected 2, found 3"));
}

TEST_F(RunFolder, TellsAFileThatWasCutOff) {
  std::string text = ReadFile(folder_.path() + "/" + Metrics());
  text.pop_back();
  WriteFile(folder_.path() + "/" + Metrics(), text);
  EXPECT_THAT(Missing(), AllOf(HasSubstr("metrics.csv:4:"), HasSubstr("line end")));
  WriteFile(folder_.path() + "/" + Metrics(), "");
  EXPECT_THAT(Missing(), HasSubstr("metrics.csv:1: expected a header"));
}

TEST_F(RunFolder, TellsARowWithAnotherNumberOfFields) {
  Replace(Metrics(), "\n2,", "\n2,7,");
  EXPECT_THAT(Missing(), HasSubstr("metrics.csv:3: expected 11 fields as in the header, found 12"));
}

TEST_F(RunFolder, TellsAClassThatIsNone) {
  Replace(Errors(), "\n0,0,1,", "\n0,0,3,");
  EXPECT_THAT(Missing(),
              HasSubstr("errors.csv:2: prediction: expected a whole number from 0 to 2, found 3"));
  Replace(Errors(), "\n0,0,3,", "\n0,0,0,");
  EXPECT_THAT(Missing(), HasSubstr("errors.csv:2: expected a prediction other than the truth"));
}

TEST_F(RunFolder, RefusesABrokenIndex) {
  const std::string good = ReadFile(folder_.path() + "/study.json");
  const auto with = [&](const std::string& from, const std::string& to) {
    WriteFile(folder_.path() + "/study.json", good);
    Replace("study.json", from, to);
    return Complaint();
  };
  EXPECT_THAT(with("\"schema\":1", "\"schema\":2"), HasSubstr("schema: expected 1"));
  EXPECT_THAT(with("\"dataset\"", "\"dateset\""), HasSubstr("expected a field dataset"));
  EXPECT_THAT(with("\"state\":\"finished\"", "\"state\":\"done\""),
              HasSubstr("expected one of finished, diverged"));
  EXPECT_THAT(with("\"arm-", "\"../arm-"), HasSubstr("arms[0].folder: expected a folder's name"));
  EXPECT_THAT(with("\"validation\"", "\"train\""), HasSubstr("best_on"));
  EXPECT_THAT(with("\"seed\":1", "\"seed\":-1"), HasSubstr("arms[0].seed"));
  EXPECT_THAT(with("{", "{{"), HasSubstr("study.json:1: expected JSON"));
}

TEST_F(RunFolder, SaysWhichFileIsMissing) {
  TemporaryFolder empty;
  EXPECT_THROW(
      {
        try {
          ReadRunFolder(empty.path());
        } catch (const DataError& error) {
          EXPECT_THAT(error.what(), HasSubstr("study.json"));
          throw;
        }
      },
      DataError);
}

// Somebody opened a table in a spreadsheet and saved it.
TEST_F(RunFolder, ReadsItsTextsInEveryFormOfUtf8AndNamesOthers) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    const std::string ending = entry.path().extension();
    if (ending != ".csv" && ending != ".json") continue;
    const std::string path = entry.path(), text = ReadFile(path);
    const std::size_t missing = ReadRunFolder(folder_.path()).missing.size();
    for (const TextForm& form : HarmlessForms()) {
      WriteFile(path, form.of(text));
      EXPECT_EQ(ReadRunFolder(folder_.path()).missing.size(), missing) << path << form.name;
    }
    for (const TextForm& form : RefusedForms()) {
      WriteFile(path, form.of(text));
      std::string said;
      try {
        for (const std::string& line : ReadRunFolder(folder_.path()).missing) said += line;
      } catch (const DataError& error) {
        said = error.what();
      }
      EXPECT_THAT(said, HasSubstr("expected text in UTF-8, found " + form.found)) << path;
    }
    WriteFile(path, text);
  }
}

}  // namespace
}  // namespace normlab
