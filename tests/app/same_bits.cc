#include "tests/app/same_bits.h"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "base/file.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

// The columns of metrics.csv that do not measure time.
std::vector<std::string> WithoutTimes(const std::string& path) {
  std::vector<std::string> lines;
  for (const std::string& line : ReadLines(path)) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    std::string kept;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i != 7 && i != 8) kept += cells[i] + ",";
    }
    lines.push_back(kept);
  }
  return lines;
}

}  // namespace

void ExpectSameBits(const std::string& a, const std::string& b) {
  for (const char* name : {"last.safetensors", "best.safetensors", "predictions.safetensors",
                           "errors.csv", "steps.csv", "layers.csv", "arm.json"}) {
    EXPECT_EQ(Sha256(ReadFile(a + "/" + name)), Sha256(ReadFile(b + "/" + name))) << name;
  }
  EXPECT_EQ(WithoutTimes(a + "/metrics.csv"), WithoutTimes(b + "/metrics.csv"));
}

}  // namespace normlab
