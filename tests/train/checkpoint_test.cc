#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "softmax_network.h"
#include "temporary_folder.h"
#include "train/safetensors.h"
#include "train/trainer.h"

namespace normlab {
namespace {

constexpr Shape kShape{1, 2, 2};

class Checkpoint : public testing::Test {
 protected:
  Checkpoint() {
    network_.counters()[0].value = 469;
    network_.buffers()[1] = 2.5f;
    SaveCheckpoint<float>(path_, network_, {{"epoch", "3"}});
  }
  void ExpectRefused(const TensorFile& file, const std::string& words) {
    WriteTensors(path_, file);
    SoftmaxNetwork<float> other(kShape, 3);
    const std::vector<float> before(other.parameters().begin(), other.parameters().end());
    try {
      LoadCheckpoint<float>(path_, other);
      ADD_FAILURE() << "accepted; expected an error with: " << words;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
    EXPECT_THAT(other.parameters(), testing::ElementsAreArray(before));
  }

  TemporaryFolder folder_;
  std::string path_ = folder_ / "last.safetensors";
  SoftmaxNetwork<float> network_{kShape, 3};
};

TEST_F(Checkpoint, HasPyTorchsNamesShapesAndOrder) {
  const TensorFile file = ReadTensors(path_);
  EXPECT_EQ(file.metadata.at("format"), "pt");
  EXPECT_EQ(file.metadata.at("epoch"), "3");
  std::vector<std::string> names;
  for (const NamedTensor& tensor : file.tensors) names.push_back(tensor.name);
  EXPECT_THAT(names, testing::ElementsAre("c1.conv.weight", "c1.norm.bias", "c1.norm.running_mean",
                                          "c1.norm.num_batches_tracked"));
  EXPECT_THAT(file.tensors[0].shape, testing::ElementsAre(3, 4, 1, 1));
  EXPECT_THAT(file.tensors[3].shape, testing::IsEmpty());
  EXPECT_EQ(file.tensors[3].dtype, DType::kI64);
  EXPECT_EQ(file.tensors[3].bytes[0], 469 % 256);
}

TEST_F(Checkpoint, FillsAnyNetworkOfTheSameShape) {
  SoftmaxNetwork<double> other(kShape, 3);
  for (double& value : other.parameters()) value = 9;
  LoadCheckpoint<double>(path_, other);
  EXPECT_THAT(other.parameters(), testing::ElementsAreArray(network_.parameters()));
  EXPECT_THAT(other.buffers(), testing::ElementsAre(0, 2.5, 0));
  EXPECT_EQ(other.counters()[0].value, 469);
}

TEST_F(Checkpoint, MayLackTheCounters) {
  TensorFile file = ReadTensors(path_);
  file.tensors.pop_back();
  WriteTensors(path_, file);
  SoftmaxNetwork<float> other(kShape, 3);
  other.counters()[0].value = 5;
  LoadCheckpoint<float>(path_, other);
  EXPECT_EQ(other.counters()[0].value, 0);
}

TEST_F(Checkpoint, NamesTheFirstTensorThatDoesNotFit) {
  const TensorFile whole = ReadTensors(path_);
  TensorFile file = whole;
  file.tensors.erase(file.tensors.begin() + 1);
  ExpectRefused(file, "'c1.norm.bias' is missing");
  file = whole;
  file.tensors[0].shape = {4, 3, 1, 1};
  ExpectRefused(file, "'c1.conv.weight' has shape [4, 3, 1, 1], this network needs [3, 4, 1, 1]");
  file = whole;
  file.tensors.push_back(whole.tensors[1]);
  file.tensors.back().name = "c2.norm.bias";
  ExpectRefused(file, "'c2.norm.bias' is not one of this network's");
  file = whole;
  const std::int64_t integers[] = {1, 2, 3};
  file.tensors[1] = FromValues("c1.norm.bias", {3}, integers);
  ExpectRefused(file, "'c1.norm.bias' is I64");
  file = whole;
  const float count = 1;
  file.tensors[3] = FromValues("c1.norm.num_batches_tracked", {}, &count);
  ExpectRefused(file, "expected type I64");
}

}  // namespace
}  // namespace normlab
