#include "study/arm_recorder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "records/statistics_table.h"
#include "records/training_tables.h"
#include "study/epoch_clock.h"

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

LayerStatistics LayerRow(const std::string& name, double value, int epoch = 0) {
  LayerStatistics layer;
  layer.epoch = epoch;
  layer.layer = name;
  layer.mean_before = value;
  layer.running_mean_distance = layer.running_variance_distance = std::nan("");
  return layer;
}

EpochRecord Compared(int epoch, double loss) {
  using enum StatisticsKind;
  EpochRecord record;
  record.epoch = epoch;
  record.statistics = {{epoch, kShared, loss, 50},
                       {epoch, kPerApplication, 0.5, 62.5},
                       {epoch, kReestimatedShared, std::nan(""), 12.5},
                       {epoch, kReestimatedPerApplication, HUGE_VAL, 0},
                       {epoch, kBatch, 1e-9, 100}};
  return record;
}

std::string Written(const std::vector<EpochRecord>& records) {
  std::vector<StatisticsScore> rows;
  for (const EpochRecord& record : records) {
    rows.insert(rows.end(), record.statistics.begin(), record.statistics.end());
  }
  return StatisticsTable().Text(rows);
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

TEST(Predictions, ErrorsHoldEveryMissAndNothingElse) {
  const std::string text =
      ErrorsTable(ThreeImages().class_names).Text(Misses(ThreeImages(), Predictions2()));
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

TEST(LogText, HasAParagraphAnEpoch) {
  const Folder folder;
  const std::string path = folder.path() + "/log.txt";
  WriteFile(path, "Epoch 1:\na\nb\n\nEpoch 2:\nc\n\n");
  const LogParagraphs paragraphs = ReadLog(path);
  ASSERT_EQ(paragraphs.size(), 2u);
  EXPECT_EQ(paragraphs.at(1), "Epoch 1:\na\nb\n\n");
  EXPECT_EQ(paragraphs.at(2), "Epoch 2:\nc\n\n");
  for (const char* text : {"Epoch 2:\n", "hello\n", "Epoch 1:\n\nEpoch 3:\n"}) {
    WriteFile(path, text);
    EXPECT_THROW(ReadLog(path), DataError) << text;
  }
}

TEST(Predictions, PredictionsAreReadAsWritten) {
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
  const ArmRecorderOptions options{.folder = folder.path(), .log_steps = true};
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

// A folder of before clock.csv goes on, and its first epochs have no line; two at once have none to
// say how many, where one of them begins.
TEST(ArmRecorder, SaysOfEachEpochInWhichSplitItRan) {
  const Folder folder;
  const Dataset dataset = ThreeImages();
  TrainObserver nobody;
  const auto no_network = [](const std::string&, int) {};
  ExecutionOptions execution;
  execution.engine = "reference";
  RunningTrainings running;
  const RunningTrainings::Turn own(running);
  EpochClock clock(execution, &running);
  const auto tell = [&](ArmRecorder& recorder, int epoch) {
    recorder.OnEpochStart(epoch, 1);
    recorder.OnStep({epoch, 0.5, 0.1, 0.9}, 1, 50);
  };
  {
    ArmRecorder before({.folder = folder.path()}, dataset, no_network, nobody);
    tell(before, 1);
    before.OnEpoch(Epoch(1), Predictions2(), true);
  }
  const ArmRecorderOptions options{.folder = folder.path(), .clock = &clock};
  for (int epoch = 2; epoch <= 3; ++epoch) {
    ArmRecorder recorder(options, dataset, no_network, nobody);
    ASSERT_TRUE(recorder.Load());
    tell(recorder, epoch);
    std::optional<RunningTrainings::Turn> other;
    if (epoch == 3) other.emplace(running);
    recorder.OnEpoch(Epoch(epoch), Predictions2(), false);
  }
  const auto splits = ReadClock(folder.path() + "/clock.csv");
  ASSERT_EQ(splits.size(), 2u);
  EXPECT_EQ(splits[0].epoch, 2);
  EXPECT_EQ(splits[0].threads, 1);
  EXPECT_EQ(splits[0].trainings, 1);
  EXPECT_EQ(splits[0].simd, "none");
  EXPECT_EQ(splits[1].epoch, 3);
  EXPECT_EQ(splits[1].trainings, 0);
  WriteFile(folder.path() + "/clock.csv", "broken");
  ArmRecorder recorder(options, dataset, no_network, nobody);
  ASSERT_TRUE(recorder.Load());
}

// As above, with layers: the second telling's values stand, not the first one's.
TEST(ArmRecorder, LayersOfAnEpochToldTwiceAreTheSecondOnes) {
  const Folder folder;
  const Dataset dataset = ThreeImages();
  TrainObserver nobody;
  double value = 0;
  const ArmRecorderOptions options{.folder = folder.path(), .measure_layers = [&] {
                                     return std::vector{LayerRow("C1", value), LayerRow("c2", 9)};
                                   }};
  const auto tell = [&](ArmRecorder& recorder, int epoch, double mean) {
    value = mean;
    recorder.OnEpochStart(epoch, 1);
    recorder.OnStep({epoch, 0.5, 0.1, 0.9}, 1, 50);
    recorder.OnLastPass(epoch);
    value = -7;  // what the network holds after evaluation is not asked for
    recorder.OnEpoch(Epoch(epoch), Predictions2(), epoch == 1);
  };
  const auto no_network = [](const std::string&, int) {};
  {
    ArmRecorder recorder(options, dataset, no_network, nobody);
    tell(recorder, 1, 1);
    tell(recorder, 2, 2);
  }
  ArmRecorder recorder(options, dataset, no_network, nobody);
  ASSERT_TRUE(recorder.Load());
  tell(recorder, 2, 3);
  EXPECT_EQ(ReadFile(folder.path() + "/layers.csv"),
            LayersTable().Text(std::vector{LayerRow("C1", 1, 1), LayerRow("c2", 9, 1),
                                           LayerRow("C1", 3, 2), LayerRow("c2", 9, 2)}));
  std::filesystem::remove(folder.path() + "/layers.csv");
  EXPECT_FALSE(ArmRecorder(options, dataset, no_network, nobody).Load());
}

// Killed after the files of epoch 2 and before its state, as above.
TEST(ArmRecorder, StatisticsOfAnEpochToldTwiceAreTheSecondOnes) {
  const Folder folder;
  const std::string path = folder.path() + "/statistics.csv";
  const Dataset dataset = ThreeImages();
  TrainObserver nobody;
  const ArmRecorderOptions options{.folder = folder.path(), .has_statistics = true};
  const auto no_network = [](const std::string&, int) {};
  const auto tell = [&](ArmRecorder& recorder, int epoch, double loss) {
    recorder.OnEpochStart(epoch, 1);
    recorder.OnStep({epoch, 0.5, 0.1, 0.9}, 1, 50);
    recorder.OnEpoch(Compared(epoch, loss), Predictions2(), epoch == 1);
  };
  {
    ArmRecorder recorder(options, dataset, no_network, nobody);
    tell(recorder, 1, 3);
    tell(recorder, 2, 2);
  }
  const std::string ahead = ReadFile(path);
  EXPECT_EQ(ahead, Written({Compared(1, 3), Compared(2, 2)}));
  {
    ArmRecorder recorder(options, dataset, no_network, nobody);
    ASSERT_TRUE(recorder.Load());
    tell(recorder, 2, 1.5);
    tell(recorder, 3, 1);
  }
  EXPECT_EQ(ReadFile(path), Written({Compared(1, 3), Compared(2, 1.5), Compared(3, 1)}));
  for (const std::string& broken :
       {std::string(), std::string("epoch,kind\n"), Written({}) + "2,shared,1,50\n",
        Written({}) + "1,shared,1,5"}) {
    WriteFile(path, broken);
    EXPECT_FALSE(ArmRecorder(options, dataset, no_network, nobody).Load()) << broken;
  }
  std::filesystem::remove(path);
  ArmRecorder anew(options, dataset, no_network, nobody);
  EXPECT_FALSE(anew.Load());
  EXPECT_EQ(anew.epochs(), 0);
  EXPECT_NO_THROW(tell(anew, 1, 4));
  EXPECT_EQ(ReadFile(path), Written({Compared(1, 4)}));
}

TEST(ArmRecorder, WithoutAComparisonThereIsNoFile) {
  const Folder folder;
  const Dataset dataset = ThreeImages();
  TrainObserver nobody;
  ArmRecorder recorder(
      {.folder = folder.path()}, dataset, [](const std::string&, int) {}, nobody);
  recorder.OnEpochStart(1, 1);
  recorder.OnStep({1, 0.5, 0.1, 0.9}, 1, 50);
  recorder.OnEpoch(Compared(1, 3), Predictions2(), true);
  EXPECT_TRUE(std::filesystem::exists(folder.path() + "/metrics.csv"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/statistics.csv"));
}

TEST(ArmRecorder, AStateWithoutItsFilesStartsAnew) {
  const Folder folder;
  const Dataset dataset = ThreeImages();
  TrainObserver nobody;
  ArmRecorder recorder(
      {.folder = folder.path()}, dataset, [](const std::string&, int) {}, nobody);
  EXPECT_FALSE(recorder.Load());
  EXPECT_THROW(recorder.OnEpochStart(3, 1), DataError);
  EXPECT_NO_THROW(recorder.OnEpochStart(1, 1));
}

}  // namespace
}  // namespace normlab
