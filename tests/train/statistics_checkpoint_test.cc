// Checkpoints of networks that keep running statistics for each application of a unit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "temporary_folder.h"
#include "tests/train/site_statistics_golden.h"
#include "train/trainer.h"

namespace normlab {
namespace {

using testing::ElementsAreArray;
using testing::EndsWith;
using testing::HasSubstr;

constexpr int kBatch = site_golden::kBatch;

// With statistics unlike the initial ones and counters unlike each other.
template <typename T>
void Disturb(Network<T>& network) {
  synthetic::FillParameters(site_golden::kSalt, network.parameter_infos(), network.parameters());
  for (std::size_t i = 0; i < network.buffers().size(); ++i) {
    network.buffers()[i] = static_cast<T>(i + 1) / 16;
  }
  for (std::size_t i = 0; i < network.counters().size(); ++i) {
    network.counters()[i].value = static_cast<std::int64_t>(100 + i);
  }
}

template <typename T>
void ExpectSame(Network<T>& a, Network<float>& b) {
  EXPECT_THAT(a.parameters(), ElementsAreArray(b.parameters()));
  EXPECT_THAT(a.buffers(), ElementsAreArray(b.buffers()));
  ASSERT_EQ(a.counters().size(), b.counters().size());
  for (std::size_t i = 0; i < a.counters().size(); ++i) {
    EXPECT_EQ(a.counters()[i].name, b.counters()[i].name);
    EXPECT_EQ(a.counters()[i].value, b.counters()[i].value) << a.counters()[i].name;
  }
}

TEST(StatisticsCheckpoint, KeepsEveryApplicationsSet) {
  const TemporaryFolder folder;
  const std::string path = folder / "own.safetensors";
  const Architecture architecture = site_golden::Network(true);
  const auto saved = MakeFastNetwork(architecture, kBatch, {});
  Disturb(*saved);
  SaveCheckpoint<float>(path, *saved, {});
  const auto fast = MakeFastNetwork(architecture, kBatch, {});
  LoadCheckpoint<float>(path, *fast);
  ExpectSame(*fast, *saved);
  const auto reference = MakeReferenceNetwork<double>(architecture, kBatch);
  LoadCheckpoint<double>(path, *reference);
  ExpectSame(*reference, *saved);
  // Once more: the same bytes.
  SaveCheckpoint<float>(folder / "again", *fast, {});
  EXPECT_EQ(ReadFile(folder / "again"), ReadFile(path));
}

TEST(StatisticsCheckpoint, HasEachSetBesideItsModule) {
  const TemporaryFolder folder;
  const auto network = MakeFastNetwork(site_golden::Network(true), kBatch, {});
  SaveCheckpoint<float>(folder / "own", *network, {});
  std::vector<std::string> names;
  for (const NamedTensor& tensor : ReadTensors(folder / "own").tensors) {
    if (tensor.name.starts_with("C2.")) names.push_back(tensor.name);
  }
  EXPECT_THAT(names, testing::ElementsAre("C2.conv.weight", "C2.norm.weight", "C2.norm.bias",
                                          "C2.norm.running_mean_1", "C2.norm.running_var_1",
                                          "C2.norm.running_mean_2", "C2.norm.running_var_2",
                                          "C2.norm.num_batches_tracked_1",
                                          "C2.norm.num_batches_tracked_2"));
}

// The line that the other kind of network refuses the file with; it is left as it was.
std::string Refusal(bool file_per_application) {
  const TemporaryFolder folder;
  const std::string path = folder / "other";
  const auto saved = MakeFastNetwork(site_golden::Network(file_per_application), kBatch, {});
  Disturb(*saved);
  SaveCheckpoint<float>(path, *saved, {});
  const auto network = MakeFastNetwork(site_golden::Network(!file_per_application), kBatch, {});
  const std::vector<float> before(network->parameters().begin(), network->parameters().end());
  try {
    LoadCheckpoint<float>(path, *network);
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith(path));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
    EXPECT_THAT(network->parameters(), ElementsAreArray(before));
    return error.what();
  }
  return "accepted";
}

TEST(StatisticsCheckpoint, OfTheOtherKindIsRefusedWithItsKind) {
  EXPECT_THAT(Refusal(false), EndsWith("tensor 'C2.norm.running_mean_1' is missing: this network "
                                       "needs it with shape [5]; the file is of bn_statistics = "
                                       "\"shared\""));
  EXPECT_THAT(Refusal(true), EndsWith("tensor 'C2.norm.running_mean' is missing: this network "
                                      "needs it with shape [5]; the file is of bn_statistics = "
                                      "\"per_application\""));
}

}  // namespace
}  // namespace normlab
