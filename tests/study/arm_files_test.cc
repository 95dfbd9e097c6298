#include "study/arm_files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "study/arm_recorder.h"

namespace normlab {
namespace {

Dataset ThreeImages() {
  Dataset dataset;
  dataset.class_names = {"cat", "dog"};
  dataset.test.labels = {0, 1, 1};
  return dataset;
}

// log of (1/4, 3/4), (1/8, 7/8), (1/2, 1/2): image 0 is missed, and image 2, whose tie goes to cat.
std::vector<float> Predictions2() {
  std::vector<float> values;
  for (const double p : {0.25, 0.75, 0.125, 0.875, 0.5, 0.5}) {
    values.push_back(static_cast<float>(std::log(p)));
  }
  return values;
}

TEST(ArmFiles, ErrorsHoldEveryMissAndNothingElse) {
  const std::string text = ErrorsCsv(ThreeImages(), Predictions2());
  const std::size_t first = text.find('\n') + 1;
  const std::size_t second = text.find('\n', first) + 1;
  EXPECT_EQ(text.substr(0, first),
            "index,truth,prediction,truth_name,prediction_name,truth_probability,"
            "prediction_probability,loss,probability_0,probability_1\n");
  EXPECT_EQ(text.substr(first, 16), "0,0,1,cat,dog,0.");
  EXPECT_EQ(text.substr(second, 16), "2,1,0,dog,cat,0.");
  const double truth = std::atof(text.c_str() + first + std::string("0,0,1,cat,dog,").size());
  EXPECT_NEAR(truth, 0.25, 1e-7);  // float32 logarithms
  EXPECT_EQ(text.find('\n', second), text.size() - 1);
}

TEST(ArmFiles, TablesAndLogsSplitIntoTheirPieces) {
  const std::string table = StepsHeader() + "1,0.5,0.1,0.9\n2,0.4,0.1,0.9\n";
  const NumberedText pieces = SplitTable("steps.csv", table, StepsHeader());
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_EQ(pieces.at(2), "2,0.4,0.1,0.9\n");
  EXPECT_EQ(JoinPieces(StepsHeader(), pieces), table);
  const std::string log = "Epoch 1:\na\nb\n\nEpoch 2:\nc\n\n";
  const NumberedText paragraphs = SplitLog("log.txt", log);
  ASSERT_EQ(paragraphs.size(), 2u);
  EXPECT_EQ(paragraphs.at(1), "Epoch 1:\na\nb\n\n");
  EXPECT_EQ(JoinPieces("", paragraphs), log);
}

TEST(ArmFiles, DamagedTablesAndLogsAreRefused) {
  const std::string header = StepsHeader();
  for (const std::string& text :
       {std::string(), std::string("step,loss\n"), header + "2,0,0,0\n",
        header + "1,0,0,0\n1,0,0,0\n", header + "1,0,0,0\n2,0", header + "\n", header + "x,0\n"}) {
    EXPECT_THROW(SplitTable("steps.csv", text, header), DataError) << text;
  }
  EXPECT_THROW(SplitLog("log.txt", "Epoch 2:\n"), DataError);
  EXPECT_THROW(SplitLog("log.txt", "hello\n"), DataError);
}

class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "normlab-study-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(ArmFiles, PredictionsAreReadAsWritten) {
  const Folder folder;
  const std::string path = folder.path() + "/predictions.safetensors";
  Predictions written{Predictions2(), Predictions2(), 7, 3};
  written.best[0] = -1;
  WritePredictions(path, ThreeImages(), written);
  const Predictions read = ReadPredictions(path, ThreeImages());
  EXPECT_EQ(read.last, written.last);
  EXPECT_EQ(read.best, written.best);
  EXPECT_EQ(read.last_epoch, 7);
  EXPECT_EQ(read.best_epoch, 3);
  Dataset other = ThreeImages();
  other.test.labels.push_back(0);
  EXPECT_THROW(ReadPredictions(path, other), DataError);
}

EpochRecord Epoch(int epoch) {
  EpochRecord record;
  record.epoch = epoch;
  record.seconds = 1.5;
  record.train_loss = 1.0 / epoch;
  return record;
}

// Killed after the files of epoch 2 and before its state: epoch 2 is told a second time.
TEST(ArmRecorder, AnEpochToldTwiceIsKeptOnce) {
  const Folder folder;
  const Dataset dataset = ThreeImages();
  TrainObserver nobody;
  const auto no_network = [](const std::string&, int) {};
  const ArmRecorderOptions options{folder.path(), false, true};
  {
    ArmRecorder recorder(options, dataset, no_network, nobody);
    for (const int epoch : {1, 2}) {
      recorder.OnEpochStart(epoch, 2);
      recorder.OnStep({2 * epoch - 1, 0.5, 0.1, 0.9}, 1, 50);
      recorder.OnStep({2 * epoch, 0.25, 0.1, 0.9}, 2, 50);
      recorder.OnEpoch(Epoch(epoch), Predictions2(), epoch == 1);
    }
  }
  ArmRecorder recorder(options, dataset, no_network, nobody);
  ASSERT_TRUE(recorder.Load());
  EXPECT_EQ(recorder.epochs(), 2);
  EXPECT_EQ(recorder.best_epoch(), 1);
  recorder.OnEpochStart(2, 2);
  EXPECT_EQ(recorder.epochs(), 1);
  recorder.OnStep({3, 0.125, 0.1, 0.9}, 1, 50);
  recorder.OnStep({4, 0.0625, 0.1, 0.9}, 2, 50);
  recorder.OnEpoch(Epoch(2), Predictions2(), false);
  EXPECT_EQ(recorder.seconds(), 3.0);
  ArmRecorder reader(options, dataset, no_network, nobody);
  ASSERT_TRUE(reader.Load());
  EXPECT_EQ(reader.epochs(), 2);
  EXPECT_EQ(reader.best_epoch(), 1);
}

TEST(ArmRecorder, AStateWithoutItsFilesStartsAnew) {
  const Folder folder;
  const Dataset dataset = ThreeImages();
  TrainObserver nobody;
  ArmRecorder recorder(
      {folder.path(), false, false}, dataset, [](const std::string&, int) {}, nobody);
  EXPECT_FALSE(recorder.Load());
  EXPECT_THROW(recorder.OnEpochStart(3, 1), DataError);
  EXPECT_NO_THROW(recorder.OnEpochStart(1, 1));
}

}  // namespace
}  // namespace normlab
