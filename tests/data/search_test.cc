#include "data/search.h"

#include <optional>

#include "files.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A machine of its own: home and working folder are empty and temporary.
class Search : public testing::Test {
 protected:
  Search() : before_(std::filesystem::current_path()) {
    std::filesystem::create_directories(home_ / "work");
    std::filesystem::current_path(home_ / "work");
  }
  ~Search() override { std::filesystem::current_path(before_); }

  static std::string Find(const std::string& data_dir = "", const char* name = "mnist") {
    return FindDataset(FindDatasetInfo(name), data_dir).path;
  }
  static std::string Error(const std::string& data_dir = "", const char* name = "mnist") {
    return DataErrorOf([&] { Find(data_dir, name); });
  }

  TemporaryFolder home_;
  std::filesystem::path before_;
  ScopedVariable home_variable_{"HOME", home_.path().c_str()};
  ScopedVariable normlab_data_{"NORMLAB_DATA", nullptr};
  ScopedVariable data_home_{"XDG_DATA_HOME", nullptr};
  ScopedVariable cache_home_{"XDG_CACHE_HOME", nullptr};
};

TEST_F(Search, GoesThroughTheRootsInTheDocumentedOrder) {
  const ScopedVariable normlab_data("NORMLAB_DATA", "/from/variable");
  std::vector<std::string> paths;
  for (const SearchRoot& root : SearchRoots("")) paths.push_back(root.path);
  EXPECT_THAT(paths, ElementsAre("/from/variable", "data", home_ / ".local/share/normlab",
                                 home_ / ".cache/normlab", home_ / ".keras/datasets",
                                 "/usr/share/datasets"));
}

TEST_F(Search, FollowsTheXdgVariablesWhenTheyAreAbsolute) {
  const ScopedVariable data_home("XDG_DATA_HOME", "/xdg/data");
  const ScopedVariable cache_home("XDG_CACHE_HOME", "relative");
  const std::vector<SearchRoot> roots = SearchRoots("");
  EXPECT_EQ(roots[1].path, "/xdg/data/normlab");
  EXPECT_EQ(roots[2].path, home_ / ".cache/normlab");
}

TEST_F(Search, TakesTheFirstRootThatHoldsTheSet) {
  const std::string later = "/.keras/datasets/mnist";
  WriteSmallMnist(home_, later);
  EXPECT_EQ(Find(), home_ / ".keras/datasets/mnist");
  WriteSmallMnist(home_, ".cache/normlab/mnist");
  EXPECT_EQ(Find(), home_ / ".cache/normlab/mnist");
  WriteSmallMnist(home_, ".local/share/normlab/mnist");
  EXPECT_EQ(Find(), home_ / ".local/share/normlab/mnist");
  WriteSmallMnist(home_, "work/data/mnist");
  EXPECT_EQ(Find(), "data/mnist");
  WriteSmallMnist(home_, "variable/mnist");
  const ScopedVariable normlab_data("NORMLAB_DATA", (home_ / "variable").c_str());
  EXPECT_EQ(Find(), home_ / "variable/mnist");
  WriteSmallMnist(home_, "flag/mnist");
  EXPECT_EQ(Find(home_ / "flag"), home_ / "flag/mnist");
}

TEST_F(Search, KnowsTorchvisionsLayoutThePlainFolderAndTheFilesThemselves) {
  WriteSmallMnist(home_, "flat");
  EXPECT_EQ(Find(home_ / "flat"), home_ / "flat");
  WriteSmallMnist(home_, "flat/mnist");
  EXPECT_EQ(Find(home_ / "flat"), home_ / "flat/mnist");
  WriteSmallMnist(home_, "flat/MNIST/raw");
  EXPECT_EQ(Find(home_ / "flat"), home_ / "flat/MNIST/raw");
  WriteSmallMnist(home_, "root/fashion-mnist");
  EXPECT_EQ(Find(home_ / "root", "fashion-mnist"), home_ / "root/fashion-mnist");
  WriteSmallMnist(home_, "root/FashionMNIST/raw");
  EXPECT_EQ(Find(home_ / "root", "fashion-mnist"), home_ / "root/FashionMNIST/raw");
}

TEST_F(Search, FindsCifarInAllItsFormsInOrder) {
  home_.Write("d/data_batch_2", "");
  EXPECT_EQ(Find(home_ / "d", "cifar10"), home_ / "d");
  EXPECT_EQ(FindDataset(FindDatasetInfo("cifar10"), home_ / "d").layout,
            Layout::kCifarPythonFolder);
  for (const char* file : {"cifar-10-batches-py.tar.gz", "cifar-10-python.tar.gz"}) {
    home_.Write(std::string("d/") + file, "");
    EXPECT_EQ(Find(home_ / "d", "cifar10"), home_ / "d/" + file);
  }
  home_.Write("d/cifar-10-batches-py/test_batch", "");
  EXPECT_EQ(Find(home_ / "d", "cifar10"), home_ / "d/cifar-10-batches-py");
  home_.Write("d/cifar-10-binary.tar.gz", "");
  EXPECT_EQ(Find(home_ / "d", "cifar10"), home_ / "d/cifar-10-binary.tar.gz");
  home_.Write("d/cifar-10-batches-bin/test_batch.bin", "");
  EXPECT_EQ(Find(home_ / "d", "cifar10"), home_ / "d/cifar-10-batches-bin");
}

TEST_F(Search, NeverSkipsABrokenCopyForALaterOne) {
  WriteSmallMnist(home_, ".keras/datasets/mnist");
  EXPECT_EQ(LoadDataset("mnist", "").train.size(), 20u);
  home_.Write("work/data/mnist/t10k-labels-idx1-ubyte.gz", "");
  EXPECT_THAT(DataErrorOf([] { LoadDataset("mnist", ""); }),
              HasSubstr("data/mnist: MNIST is not complete"));
}

TEST_F(Search, ADataDirIsTheOnlyPlace) {
  WriteSmallMnist(home_, "work/data/mnist");
  std::filesystem::create_directories(home_ / "empty");
  EXPECT_THAT(
      Error(home_ / "empty"),
      AllOf(HasSubstr("MNIST was not found: looked in --data-dir " + (home_ / "empty")),
            HasSubstr("for MNIST/raw, mnist or the files themselves"), Not(HasSubstr("Keras"))));
  EXPECT_THAT(Error(home_ / "nowhere"), HasSubstr("nowhere (no such folder)"));
}

TEST_F(Search, SaysWhereItLookedAndWhatToDo) {
  const ScopedVariable normlab_data("NORMLAB_DATA", "/no/such/place");
  EXPECT_THAT(Error(), AllOf(HasSubstr("NORMLAB_DATA /no/such/place (no such folder), data, " +
                                       (home_ / ".local/share/normlab")),
                             HasSubstr("/usr/share/datasets for"),
                             HasSubstr("put the four official files into a folder")));
  EXPECT_THAT(Error("", "cifar10"), AllOf(HasSubstr("put cifar-10-binary.tar.gz or"),
                                          HasSubstr("; or: normlab data fetch cifar10")));
  EXPECT_THAT(Error(home_ / "work", "fashion-mnist"),
              HasSubstr("install Debian's package dataset-fashion-mnist"));
}

TEST_F(Search, AnUnknownNameIsAUsageErrorWithTheNearest) {
  try {
    LoadDataset("cifar", "");
    FAIL() << "no error";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("unknown data set 'cifar': expected one of"));
  }
}

}  // namespace
}  // namespace normlab
