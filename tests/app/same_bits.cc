#include "tests/app/same_bits.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "tests/app/program.h"
#include "tests/without_times.h"

namespace normlab {

void ExpectSameBits(const std::string& a, const std::string& b) {
  for (const char* name : {"last.safetensors", "best.safetensors", "predictions.safetensors",
                           "errors.csv", "steps.csv", "layers.csv", "arm.json"}) {
    EXPECT_EQ(Sha256(ReadFile(a + "/" + name)), Sha256(ReadFile(b + "/" + name))) << name;
  }
  const auto learned = [](const std::string& arm) {
    const std::string path = arm + "/learned.csv";
    return std::filesystem::exists(path) ? ReadFile(path) : "none";
  };
  EXPECT_EQ(learned(a), learned(b));
  EXPECT_EQ(WithoutTimes(a + "/metrics.csv"), WithoutTimes(b + "/metrics.csv"));
}

}  // namespace normlab
