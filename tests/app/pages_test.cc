// Every command of README.md and of the pages that a newcomer reads first, run by a shell as it
// stands there; trainings end after two steps.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "report/page/page.h"
#include "tests/app/program.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

// "normlab ..." of the page's blocks, in their order; build/normlab is normlab.
std::vector<std::string> CommandsOf(const std::string& page) {
  std::vector<std::string> commands;
  for (std::string line : ReadLines(NORMLAB_TEST_DIR "/../" + page)) {
    line.erase(0,
               line.find_first_not_of(' ') == std::string::npos ? 0 : line.find_first_not_of(' '));
    if (line.starts_with("build/")) line.erase(0, 6);
    if (line.starts_with("normlab ")) commands.push_back(line);
  }
  return commands;
}

// With an end of its own, and without minutes of measuring.
std::string Ending(const std::string& command) {
  if (command.starts_with("normlab serve")) {
    return "timeout --preserve-status -s INT 3 " + command.substr(0, command.find('#')) +
           " --port 0";
  }
  return command.starts_with("normlab bench") ? command + " --rounds 1 --bandwidth-mib 1" : command;
}

class Pages : public ::testing::TestWithParam<const char*> {
 protected:
  Pages() {
    fs::create_directory(folder_ / "bin");
    fs::create_symlink(NORMLAB_BINARY, folder_ / "bin/normlab");
  }

  // The exit code; what was printed is in the file "printed".
  int Run(const std::string& command) {
    const std::string line = fmt::format(
        "cd {} && PATH=$PWD/bin:$PATH NORMLAB_MAX_STEPS=2 NORMLAB_EPOCHS=1 bash -c '{}' > printed "
        "2>&1 < /dev/null",
        folder_.path(), command);
    return std::system(line.c_str());
  }
  std::string Printed() { return ReadFile(folder_ / "printed"); }

  // What the pages take for there: a run, weights of a PyTorch model, pictures.
  void LayDown() {
    ASSERT_EQ(Run("normlab run fashion --norms batch --out runs/fashion_0123456789"), 0)
        << Printed();
    ASSERT_EQ(Run("normlab run cifar10 --norms group --out w"), 0) << Printed();
    fs::copy(folder_ / "w/group-seed1/last.safetensors", folder_ / "weights.safetensors");
    for (const char* place : {"train/cat", "train/dog", "test/cat", "test/dog"}) {
      fs::create_directories(folder_ / (std::string("photos/") + place));
      for (int i = 0; i < 80; ++i) {
        fs::copy(NORMLAB_TEST_DIR "/../docs/results/mnist/figures/test-loss.png",
                 folder_ / fmt::format("photos/{}/{}.png", place, i));
      }
    }
  }

  TemporaryFolder folder_;
};

TEST_P(Pages, EveryCommandEndsWell) {
  NORMLAB_NEEDS_DATASET("mnist");
  NORMLAB_NEEDS_DATASET("cifar10");
  if (!HasPage()) NORMLAB_LEFT_OUT("this build has no page; cmake -B build -DNORMLAB_WEB=ON");
  const std::vector<std::string> commands = CommandsOf(GetParam());
  ASSERT_FALSE(commands.empty()) << GetParam();
  LayDown();
  for (const std::string& command : commands) {
    EXPECT_EQ(Run(Ending(command)), 0) << GetParam() << ": " << command << "\n" << Printed();
  }
}

INSTANTIATE_TEST_SUITE_P(Slow, Pages,
                         ::testing::Values("README.md", "docs/tutorial.md", "docs/for-students.md",
                                           "docs/for-teachers.md", "docs/for-researchers.md",
                                           "docs/for-engineers.md", "docs/own-normalization.md"),
                         [](const auto& page) {
                           std::string name = fs::path(page.param).stem();
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace normlab
