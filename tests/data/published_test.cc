// The real data sets, found by the program's own search.
#include "data/published.h"

#include <algorithm>

#include "data/search.h"
#include "files.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void ExpectPublished(const Dataset& dataset, const DatasetInfo& info, std::size_t files) {
  EXPECT_EQ(dataset.train.size(), static_cast<std::size_t>(info.train_images));
  EXPECT_EQ(dataset.test.size(), static_cast<std::size_t>(info.test_images));
  EXPECT_EQ(dataset.train.pixels.size(), dataset.train.size() * info.shape.size());
  EXPECT_EQ(dataset.test.pixels.size(), dataset.test.size() * info.shape.size());
  EXPECT_EQ(dataset.classes(), info.classes);
  EXPECT_EQ(dataset.sources.size(), files);
  for (const SourceFile& source : dataset.sources) EXPECT_TRUE(source.official) << source.path;
}

std::vector<std::ptrdiff_t> CountLabels(const Split& split) {
  std::vector<std::ptrdiff_t> counts;
  for (std::uint8_t label = 0; label < 10; ++label) {
    counts.push_back(std::count(split.labels.begin(), split.labels.end(), label));
  }
  return counts;
}

std::vector<std::uint8_t> FirstLabels(const Split& split) {
  return {split.labels.begin(), split.labels.begin() + 5};
}

// The constants that everyone types; MNIST's and CIFAR-10's are published with four decimals.
TEST(Published, MnistIsTheOriginal) {
  NORMLAB_NEEDS_DATASET("mnist");
  const Dataset dataset = LoadDataset("mnist", "");
  ExpectPublished(dataset, FindDatasetInfo("mnist"), 4);
  EXPECT_NEAR(dataset.statistics.mean[0], 0.1307, 0.5e-4);
  EXPECT_NEAR(dataset.statistics.deviation[0], 0.3081, 0.5e-4);
  EXPECT_THAT(CountLabels(dataset.train),  // as every description of MNIST counts them
              ElementsAre(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949));
  EXPECT_THAT(FirstLabels(dataset.train), ElementsAre(5, 0, 4, 1, 9));
  EXPECT_EQ(dataset.class_names[5], "5 - five");
}

TEST(Published, FashionMnistIsTheOriginal) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  const Dataset dataset = LoadDataset("fashion-mnist", "");
  ExpectPublished(dataset, FindDatasetInfo("fashion-mnist"), 4);
  EXPECT_NEAR(dataset.statistics.mean[0], 0.28604, 0.5e-5);
  EXPECT_NEAR(dataset.statistics.deviation[0], 0.35302, 0.5e-5);
  EXPECT_THAT(CountLabels(dataset.train), testing::Each(6000));
  EXPECT_THAT(CountLabels(dataset.test), testing::Each(1000));
  EXPECT_EQ(dataset.class_names[dataset.train.labels[0]], "Ankle boot");
}

TEST(Published, Cifar10IsTheOriginal) {
  NORMLAB_NEEDS_DATASET("cifar10");
  const Dataset dataset = LoadDataset("cifar10", "");
  ExpectPublished(dataset, FindDatasetInfo("cifar10"), 6);
  const double mean[] = {0.4914, 0.4822, 0.4465}, deviation[] = {0.2470, 0.2435, 0.2616};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    EXPECT_NEAR(dataset.statistics.mean[channel], mean[channel], 0.5e-4);
    EXPECT_NEAR(dataset.statistics.deviation[channel], deviation[channel], 0.5e-4);
  }
  EXPECT_THAT(CountLabels(dataset.train), testing::Each(5000));
  EXPECT_THAT(CountLabels(dataset.test), testing::Each(1000));
  EXPECT_THAT(FirstLabels(dataset.train), ElementsAre(6, 9, 9, 4, 1));
  EXPECT_EQ(dataset.class_names[6], "frog");
}

TEST(Published, AFileOfAnotherSetIsRefused) {
  NORMLAB_NEEDS_DATASET("fashion-mnist");
  const std::string fashion = FindDataset(FindDatasetInfo("fashion-mnist"), "").path;
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("mnist", fashion); }),
              HasSubstr("expected MNIST's train-images-idx3-ubyte, found the bytes of "
                        "Fashion-MNIST's train-images-idx3-ubyte"));
}

TEST(Published, ATestFileInTheTrainingFilesPlaceIsRefused) {
  NORMLAB_NEEDS_DATASET("mnist");
  const std::string mnist = FindDataset(FindDatasetInfo("mnist"), "").path;
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "mnist");
  for (const auto& entry : std::filesystem::directory_iterator(mnist)) {
    std::string name = entry.path().filename();
    if (name.starts_with("train")) continue;
    std::filesystem::create_symlink(std::filesystem::absolute(entry), folder / "mnist/" + name);
    name.replace(0, 4, "train");
    std::filesystem::create_symlink(std::filesystem::absolute(entry), folder / "mnist/" + name);
  }
  EXPECT_THAT(DataErrorOf([&] { LoadDataset("mnist", folder.path()); }),
              HasSubstr("expected MNIST's train-images-idx3-ubyte, found the bytes of MNIST's "
                        "t10k-images-idx3-ubyte"));
}

TEST(Published, AChecksumBelongsToOneFile) {
  std::vector<std::string_view> checksums;
  for (const PublishedFile& file : PublishedFiles()) {
    EXPECT_EQ(file.sha256.size(), 64u) << file.name;
    checksums.push_back(file.sha256);
  }
  std::sort(checksums.begin(), checksums.end());
  EXPECT_EQ(std::adjacent_find(checksums.begin(), checksums.end()), checksums.end());
  EXPECT_EQ(checksums.size(), 22u);
}

}  // namespace
}  // namespace normlab
