// statistics.csv as a run folder has it, whole and broken.
#include "records/statistics_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "base/file.h"
#include "tests/report/random_run.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kHeader[] = "epoch,statistics,test_loss,test_accuracy\n";

class StatisticsCsv : public testing::Test {
 protected:
  StatisticsCsv()
      : dataset_(RandomDataset(1, {1, 4, 4}, {"zero", "one", "two"})),
        run_(
            RandomRun(folder_.path(), dataset_,
                      {RandomArm(1, "batch", dataset_, 2, 3), RandomArm(2, "plain", dataset_, 3, 0),
                       RandomArm(1, "layer", dataset_, 2, 3)})) {
    AddRandomStatistics(run_.arms[0]);
    AddRandomStatistics(run_.arms[1], false);
    LayDown(run_);
  }

  std::string Path() const { return run_.path + "/" + run_.arms[0].folder + "/statistics.csv"; }

  // What is said of the first arm's file when this is in it; nothing of it was kept, and all else.
  std::string Complaint(const std::string& text) {
    WriteFile(Path(), text);
    const RunRecord read = ReadRunFolder(run_.path);
    EXPECT_THAT(read.arms[0].statistics, IsEmpty());
    EXPECT_EQ(read.arms[0].metrics.size(), 2u);
    EXPECT_EQ(read.arms[1].statistics.size(), 9u);
    if (read.missing.size() != 1) {
      ADD_FAILURE() << "expected one line, found " << read.missing.size();
      return "";
    }
    EXPECT_EQ(read.missing[0].find('\n'), std::string::npos);
    EXPECT_THAT(read.missing[0], HasSubstr(Path()));
    const std::string line = read.missing[0].substr(read.missing[0].find("statistics.csv") + 14);
    const std::size_t advice = line.rfind("; ");
    EXPECT_NE(advice, std::string::npos) << "what to do: " << line;
    return line.substr(0, advice);
  }

  // Two epochs of three kinds, with one line given anew ("" leaves it out). Line 1 is the header.
  static std::string Six(int line, const std::string& instead) {
    std::string text = kHeader;
    int number = 1;
    for (int epoch = 1; epoch <= 2; ++epoch) {
      for (const char* kind : {"shared", "reestimated_shared", "batch"}) {
        const std::string row = fmt::format("{},{},1.5,54.87\n", epoch, kind);
        text += ++number == line ? instead : row;
      }
    }
    return text;
  }

  TemporaryFolder folder_;
  Dataset dataset_;
  RunRecord run_;
};

TEST_F(StatisticsCsv, IsReadAsItWasLaidDownAndNothingIsSaidWhereThereIsNone) {
  const RunRecord read = ReadRunFolder(run_.path);
  EXPECT_THAT(read.missing, IsEmpty());
  EXPECT_EQ(read.arms[0].statistics.size(), 10u);
  EXPECT_EQ(read.arms[1].statistics.size(), 9u);
  EXPECT_THAT(read.arms[2].statistics, IsEmpty());
  for (std::size_t a = 0; a < 2; ++a) {
    for (std::size_t i = 0; i < read.arms[a].statistics.size(); ++i) {
      const StatisticsScore &row = read.arms[a].statistics[i], &laid = run_.arms[a].statistics[i];
      EXPECT_EQ(row.epoch, laid.epoch);
      EXPECT_EQ(row.kind, laid.kind);
      EXPECT_EQ(row.test_loss, laid.test_loss);
      EXPECT_EQ(row.test_accuracy, laid.test_accuracy);
    }
  }
}

TEST_F(StatisticsCsv, KindsStandInAnyOrderAndALossMayBeNone) {
  WriteFile(Path(), std::string(kHeader) +
                        "1,batch,,10\n1,shared,2.5,0\n1,reestimated_shared,1,100\n"
                        "2,shared,1,1\n2,reestimated_shared,1,1\n2,batch,1,1\n");
  const RunRecord read = ReadRunFolder(run_.path);
  EXPECT_THAT(read.missing, IsEmpty());
  ASSERT_EQ(read.arms[0].statistics.size(), 6u);
  EXPECT_EQ(read.arms[0].statistics[0].kind, StatisticsKind::kBatch);
  EXPECT_TRUE(std::isnan(read.arms[0].statistics[0].test_loss));
  EXPECT_EQ(read.arms[0].statistics[1].test_loss, 2.5);
}

TEST_F(StatisticsCsv, BrokenOnesAreNamedWithTheLineWhatWasExpectedAndWhatFound) {
  EXPECT_EQ(Complaint(Six(4, "1,bacth,1,1\n")),
            ":4: statistics: expected one of shared, per_application, reestimated_shared, "
            "reestimated_per_application, batch, found \"bacth\"");
  EXPECT_EQ(Complaint(Six(3, "1,shared,1,1\n")),
            ":3: statistics: expected each kind once in epoch 1, found shared a second time");
  EXPECT_EQ(Complaint(Six(6, "")),
            ":6: statistics: expected shared, reestimated_shared, batch in epoch 2, found shared, "
            "batch");
  EXPECT_EQ(Complaint(Six(7, "")),
            ":6: statistics: expected shared, reestimated_shared, batch in epoch 2, found shared, "
            "reestimated_shared");
  EXPECT_EQ(Complaint(Six(4, "1,per_application,1,1\n")),
            ":4: statistics: expected shared, per_application, reestimated_shared, "
            "reestimated_per_application, batch in epoch 1, found shared, per_application, "
            "reestimated_shared");
  EXPECT_EQ(Complaint(Six(4,
                          "1,batch,1,1\n1,per_application,1,1\n"
                          "1,reestimated_per_application,1,1\n")),
            ":9: statistics: expected shared, per_application, reestimated_shared, "
            "reestimated_per_application, batch in epoch 2, found shared, reestimated_shared, "
            "batch");
  EXPECT_EQ(Complaint(Six(4, "1,batch,1,1\n3,shared,1,1\n")), ":5: epoch: expected 2, found 3");
  EXPECT_EQ(Complaint(Six(2, "2,shared,1,1\n")), ":2: epoch: expected 1, found 2");
  EXPECT_EQ(Complaint(Six(6, "1,shared,1,1\n")),
            ":5: statistics: expected shared, reestimated_shared, batch in epoch 2, found shared");
  EXPECT_EQ(Complaint(Six(2, "1,shared,many,1\n")),
            ":2: test_loss: expected a number, found \"many\"");
  EXPECT_EQ(Complaint(Six(2, "1,shared,1,\n")), ":2: test_accuracy: expected a number, found \"\"");
  for (const char* accuracy : {"100.5", "-1", "nan"}) {
    EXPECT_EQ(
        Complaint(Six(2, fmt::format("1,shared,1,{}\n", accuracy))),
        fmt::format(":2: test_accuracy: expected a number from 0 to 100, found \"{}\"", accuracy));
  }
  EXPECT_EQ(Complaint(Six(2, "1,shared,1\n")), ":2: expected 4 fields as in the header, found 3");
  EXPECT_THAT(Complaint(Six(2, "1.5,shared,1,1\n")),
              HasSubstr(":2: epoch: expected a whole number"));
  EXPECT_THAT(Complaint("epoch,kind,test_loss,test_accuracy\n1,shared,1,1\n"),
              HasSubstr(":1: expected a column statistics"));
}

TEST_F(StatisticsCsv, AFinishedTrainingHasAllItsEpochs) {
  std::string text = Six(0, "");
  EXPECT_EQ(Complaint(text.substr(0, text.find("2,shared"))),
            ":4: expected the 2 epochs of metrics.csv, found 1");
  EXPECT_EQ(Complaint(kHeader), ":1: expected the 2 epochs of metrics.csv, found 0");
  EXPECT_EQ(Complaint(text + "3,shared,1,1\n3,batch,1,1\n3,reestimated_shared,1,1\n"),
            ":10: expected the 2 epochs of metrics.csv, found 3");
}

// Whatever a file is cut off at, a line says so; none of the whole epochs passes for all.
TEST_F(StatisticsCsv, CutOffAnywhereItIsNamed) {
  const std::string text = Six(0, "");
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(Complaint(text.substr(0, size)), "") << size;
  }
}

TEST_F(StatisticsCsv, AnUnfinishedTrainingHasAsManyAsItGotTo) {
  run_.arms[0].state = "interrupted";
  run_.arms[0].metrics.pop_back();
  run_.arms[0].best_epoch = 1;
  LayDown(run_);
  WriteFile(Path(), Six(0, ""));
  const RunRecord read = ReadRunFolder(run_.path);
  EXPECT_THAT(read.missing, IsEmpty());
  EXPECT_EQ(read.arms[0].statistics.size(), 6u);
}

TEST_F(StatisticsCsv, WordsOfTheFileComeOutAsOneLineOfPlainText) {
  EXPECT_THAT(Complaint(Six(2, "1,\"sha\x1b[31m\nred\",1,1\n")),
              EndsWith("found \"sha [31m red\""));
}

}  // namespace
}  // namespace normlab
