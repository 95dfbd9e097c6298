// A training that compares statistics and is killed goes on to the same records; a state that does
// not hold them is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compared_training.h"
#include "temporary_folder.h"
#include "train/safetensors.h"

namespace normlab {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;

template <typename T>
void ExpectSameAfterEveryCut(const MakeNetwork<T>& make) {
  const Dataset dataset = SmallDataset();
  const TemporaryFolder folder;
  Trained<T> whole(make, false);
  Breaks<T> noted(whole.comparison);
  const TrainResult expected = whole.TrainWith(dataset, "", noted);
  ASSERT_EQ(expected.epochs.size(), 4u);
  for (int cut = 1; cut < 4 * kStepsPerEpoch; cut += 5) {
    SCOPED_TRACE("killed after step " + std::to_string(cut));
    const std::string state = folder / std::to_string(cut);
    Trained<T> killed(make, false), resumed(make, false);
    Breaks<T> first(killed.comparison), second(resumed.comparison);
    EXPECT_EQ(killed.TrainWith(dataset, state, first, cut).end, TrainEnd::kInterrupted);
    const TrainResult result = resumed.TrainWith(dataset, state, second);
    EXPECT_EQ(result.end, TrainEnd::kFinished);
    EXPECT_EQ(second.finished.size(), 4 - first.finished.size());
    ExpectSameRecords(result.epochs, expected.epochs);
    for (std::size_t e = 0; e < result.epochs.size(); ++e) {
      ExpectSameScores(result.epochs[e].statistics, expected.epochs[e].statistics);
    }
    for (const char* name : {"statistics.shared", "statistics.per_application"}) {
      EXPECT_EQ(Of(resumed.comparison, name), Of(whole.comparison, name));
    }
    EXPECT_THAT(resumed.network->parameters(), ElementsAreArray(whole.network->parameters()));
    EXPECT_THAT(resumed.network->buffers(), ElementsAreArray(whole.network->buffers()));
  }
}

TEST(StatisticsComparison, GoesOnAfterAKillToTheSameBits) {
  ExpectSameAfterEveryCut<double>(kReference64);
  ExpectSameAfterEveryCut<float>(Fast(BestSimd()));
}

class SavedComparison : public testing::Test {
 protected:
  SavedComparison() { Trained<double>(kReference64, false).Train(dataset_, state_); }

  // The line that a training from the changed state ends with.
  std::string Line(const std::function<void(TensorFile&)>& change, bool compared = true) {
    TensorFile file = ReadTensors(state_);
    change(file);
    const std::string path = folder_ / "changed";
    WriteTensors(path, file);
    Trained<double> trained(kReference64, false);
    Notebook notebook;
    try {
      trained.TrainWith(dataset_, path, notebook, 0, compared);
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), testing::StartsWith(path));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "accepted";
  }

  static std::function<void(TensorFile&)> InEpochs(const std::string& from, const std::string& to) {
    return [=](TensorFile& file) {
      std::string& text = file.metadata.at("epochs");
      const std::size_t at = text.find(from);
      ASSERT_NE(at, std::string::npos) << from;
      text.replace(at, from.size(), to);
    };
  }

  Dataset dataset_ = SmallDataset();
  TemporaryFolder folder_;
  std::string state_ = folder_ / "state";
};

NamedTensor& Find(TensorFile& file, const std::string& name) {
  return *std::ranges::find(file.tensors, name, &NamedTensor::name);
}

TEST_F(SavedComparison, IsReadAsItWasWritten) {
  EXPECT_EQ(Line([](TensorFile&) {}), "accepted");
}

TEST_F(SavedComparison, IsRefusedWithoutItsStatistics) {
  for (const char* name : {"statistics.shared", "statistics.per_application"}) {
    EXPECT_THAT(Line([&](TensorFile& file) {
                  std::erase_if(file.tensors, [&](const NamedTensor& t) { return t.name == name; });
                }),
                testing::AllOf(HasSubstr(std::string("tensor '") + name + "' is missing"),
                               HasSubstr("remove the file to train from the start")));
  }
  EXPECT_THAT(Line([](TensorFile& file) {
                NamedTensor& tensor = Find(file, "statistics.shared");
                tensor.shape = {3};
                tensor.bytes.resize(3 * sizeof(double));
              }),
              HasSubstr("tensor 'statistics.shared' has 3 values, expected 96"));
  EXPECT_THAT(Line([](TensorFile& file) { Find(file, "statistics.shared").name = "other"; }),
              HasSubstr("tensor 'statistics.shared' is missing"));
}

TEST_F(SavedComparison, IsRefusedByATrainingThatComparesNothing) {
  EXPECT_THAT(Line([](TensorFile&) {}, false),
              HasSubstr("tensor 'statistics.per_application' is not one of this network's"));
}

TEST_F(SavedComparison, IsRefusedWithBrokenScores) {
  EXPECT_THAT(Line(InEpochs("\"reestimated_shared\"", "\"reestimated\"")),
              HasSubstr("no known name"));
  EXPECT_THAT(Line(InEpochs("\"statistics\":[", "\"statistics\":[7,")), HasSubstr("no known name"));
  EXPECT_THAT(Line(InEpochs("\"statistics\":[", "\"statistics\":7,\"x\":[")),
              HasSubstr("not a list"));
  EXPECT_THAT(Line(InEpochs("{\"accuracy\":", "{\"x\":")), HasSubstr("a number 'accuracy'"));
  EXPECT_THAT(Line(InEpochs("\"loss\":", "\"loss\":\"much\",\"x\":")),
              HasSubstr("a number 'loss'"));
}

}  // namespace
}  // namespace normlab
