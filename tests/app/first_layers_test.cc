// Networks that begin with something else than a convolution, through everything that a trained
// network goes through.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/app/program.h"
#include "tests/app/same_bits.h"

namespace normlab {
namespace {

class FirstLayers : public testing::TestWithParam<std::string> {
 protected:
  std::string Model() const { return "model=" + GetParam(); }
  void Expect(const std::vector<std::string>& arguments) {
    const Outcome outcome = RunProgram(folder_, arguments);
    std::string line;
    for (const std::string& argument : arguments) line += argument + " ";
    EXPECT_EQ(outcome.code, 0) << line << "\n" << outcome.err;
  }
  std::vector<std::string> Training(const std::string& out) const {
    return {"run",           "fashion",      "--set",       Model(), "--set",
            "max_steps=3",   "--norms",      "group",       "--set", "groups=1",
            "--set",         "validation=0", "--epochs",    "1",     "--set",
            "batch_size=33", "--set",        "dropout=0.1", "--out", out};
  }
  TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Lines, FirstLayers,
                         testing::Values("P C2 GAP c10!", "GAP c10!", "A2 P c2 c2x2 GAP c10!"),
                         [](const auto& info) { return "Line" + std::to_string(info.index); });

TEST_P(FirstLayers, AreTrainedGoneOnWithEvaluatedExportedAndMeasured) {
  Expect({"summary", GetParam(), "--dataset", "fashion-mnist"});
  Expect(Training("r"));
  Expect(Training("r"));  // finds itself finished
  Expect({"evaluate", "r/group-seed1"});
  Expect({"export", "r/group-seed1", "--pytorch", "exported"});
  Expect({"bench", "--model", GetParam(), "--dataset", "fashion-mnist", "--batch", "33", "--rounds",
          "1", "--bandwidth-mib", "1"});
}

}  // namespace
}  // namespace normlab
