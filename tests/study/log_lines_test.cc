#include "study/log_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace normlab {
namespace {

using ::testing::ElementsAre;

// The rows of golden/tqdm.tsv (make_tqdm_golden.py) of one kind.
std::vector<std::vector<std::string>> GoldenRows(const std::string& kind) {
  const std::string path = std::string(NORMLAB_TEST_DIR) + "/study/golden/tqdm.tsv";
  std::ifstream file(path);
  if (!file) ADD_FAILURE() << path << " is missing: run tests/study/make_tqdm_golden.py";
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, '\t');) fields.push_back(field);
    if (fields[0] == kind) rows.push_back(fields);
  }
  return rows;
}

TEST(FormatMeter, EqualsTqdm) {
  const auto rows = GoldenRows("meter");
  ASSERT_GT(rows.size(), 300u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 9u);
    Meter meter;
    meter.prefix = row[1];
    meter.n = std::stoll(row[2]);
    meter.total = std::stoll(row[3]);
    meter.elapsed = std::stod(row[4]);
    meter.rate = std::stod(row[5]);
    meter.columns = std::stoi(row[6]);
    meter.ascii = row[7] == "1";
    EXPECT_EQ(FormatMeter(meter), row[8])
        << row[2] << "/" << row[3] << " columns " << row[6] << " ascii " << row[7];
  }
}

TEST(FormatMeter, EqualsTqdmInScaledUnits) {
  const auto rows = GoldenRows("bytes");
  ASSERT_GT(rows.size(), 100u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 6u);
    Meter meter;
    meter.prefix = "f.gz";
    meter.n = std::stoll(row[1]);
    meter.total = std::stoll(row[2]);
    meter.elapsed = std::stod(row[3]);
    meter.rate = std::stod(row[4]);
    meter.unit = "B";
    meter.unit_scale = true;
    EXPECT_EQ(FormatMeter(meter), row[5]);
  }
}

TEST(SmoothedRate, EqualsTqdm) {
  const auto rows = GoldenRows("rate");
  ASSERT_EQ(rows.size(), 5u);
  for (const auto& row : rows) {
    SmoothedRate smoothed;
    std::istringstream redraws(row[1]);
    for (std::string redraw; redraws >> redraw;) {
      const std::size_t colon = redraw.find(':');
      smoothed.Add(std::stod(redraw.substr(0, colon)), std::stod(redraw.substr(colon + 1)));
    }
    const double expected = std::stod(row[2]);
    EXPECT_NEAR(smoothed.rate(), expected, 1e-12 * expected);
  }
}

TEST(SmoothedRate, IsUnknownBeforeTheFirstRedraw) { EXPECT_EQ(SmoothedRate().rate(), 0); }

// The shape that the test loop of PyTorch's MNIST example prints.
TEST(TestSetLine, ReadsAsInPyTorchsExample) {
  EXPECT_EQ(TestSetLine(0.01634, 9954, 10000),
            "Test set: Average loss: 0.0163, Accuracy: 9954/10000 (99.54%)");
  EXPECT_EQ(TestSetLine(2.5, 1, 3), "Test set: Average loss: 2.5000, Accuracy: 1/3 (33.33%)");
}

EpochRecord ThirdEpoch() {
  EpochRecord record;
  record.epoch = 3;
  record.train_loss = 0.30214;
  record.train_accuracy = 88.734;
  record.validation_loss = 0.3;
  record.validation_accuracy = 88.1;
  record.test_loss = 0.31;
  record.test_accuracy = 88.25;
  record.test_correct = 8825;
  record.seconds = 3.1;
  return record;
}

TEST(EpochLogLines, AreTheEpochTheFinishedBarAndTheTestSet) {
  EXPECT_THAT(EpochLogLines(ThirdEpoch(), 465, 0.25, 10000, false),
              ElementsAre("Epoch 3:",
                          "Loss=0.2500 Batch_id=464 Accuracy=88.73: 100%|██████████| 465/465 "
                          "[00:03<00:00, 150.00it/s]",
                          "Test set: Average loss: 0.3100, Accuracy: 8825/10000 (88.25%)"));
}

TEST(EpochLogLines, NameTheValidationSplitWhereOneIsHeldOut) {
  const std::vector<std::string> lines = EpochLogLines(ThirdEpoch(), 465, 0.25, 10000, true);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[2], "Validation set: Average loss: 0.3000, Accuracy: 88.10%");
}

TEST(PlainEpochLine, HasEveryLossAndAccuracyOnOneLine) {
  EXPECT_EQ(
      PlainEpochLine("batch, seed 1", ThirdEpoch(), 20, true),
      "batch, seed 1: epoch 3/20, train loss 0.3021, accuracy 88.73%, validation loss 0.3000, "
      "accuracy 88.10%, test loss 0.3100, accuracy 88.25%, 3.1 s");
}

}  // namespace
}  // namespace normlab
