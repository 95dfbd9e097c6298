#include "report/run_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "random_run.h"

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
    LayDown(run_);
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

TEST_F(RunFolder, NamesTheLineOfABrokenNumber) {
  Replace(Metrics(), "\n2,", "\n2,x");
  EXPECT_THAT(Complaint(), AllOf(HasSubstr("metrics.csv:3: train_loss"), HasSubstr("\"x")));
}

TEST_F(RunFolder, RefusesAMissingColumn) {
  Replace(Metrics(), "test_loss", "toast_loss");
  EXPECT_THAT(Complaint(), AllOf(HasSubstr("metrics.csv:1:"), HasSubstr("column test_loss")));
}

TEST_F(RunFolder, RefusesAnEpochOutOfOrder) {
  Replace(Metrics(), "\n2,", "\n3,");
  EXPECT_THAT(Complaint(), HasSubstr("metrics.csv:3: epoch: expected 2, found 3"));
}

TEST_F(RunFolder, RefusesAFileThatWasCutOff) {
  std::string text = ReadFile(folder_.path() + "/" + Metrics());
  text.pop_back();
  WriteFile(folder_.path() + "/" + Metrics(), text);
  EXPECT_THAT(Complaint(), AllOf(HasSubstr("metrics.csv:4:"), HasSubstr("line end")));
  WriteFile(folder_.path() + "/" + Metrics(), "");
  EXPECT_THAT(Complaint(), HasSubstr("metrics.csv:1: expected a header"));
}

TEST_F(RunFolder, RefusesARowWithAnotherNumberOfFields) {
  Replace(Metrics(), "\n2,", "\n2,7,");
  EXPECT_THAT(Complaint(),
              HasSubstr("metrics.csv:3: expected 10 fields as in the header, found 11"));
}

TEST_F(RunFolder, RefusesAClassThatIsNone) {
  Replace(Errors(), "\n0,0,1,", "\n0,0,3,");
  EXPECT_THAT(Complaint(),
              HasSubstr("errors.csv:2: prediction: expected a whole number from 0 to 2, found 3"));
  Replace(Errors(), "\n0,0,3,", "\n0,0,0,");
  EXPECT_THAT(Complaint(), HasSubstr("errors.csv:2: expected a prediction other than the truth"));
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
  EXPECT_THAT(with("\"best_epoch\":", "\"best_epoch\":9"), HasSubstr("arms[0].best_epoch"));
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

}  // namespace
}  // namespace normlab
