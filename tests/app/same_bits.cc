#include "tests/app/same_bits.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/app/program.h"
#include "tests/without_times.h"

namespace normlab {

void ExpectSameBits(const std::string& a, const std::string& b) {
  for (const char* name : {"last.safetensors", "best.safetensors", "predictions.safetensors",
                           "errors.csv", "steps.csv", "layers.csv", "arm.json"}) {
    EXPECT_EQ(Sha256(ReadFile(a + "/" + name)), Sha256(ReadFile(b + "/" + name))) << name;
  }
  EXPECT_EQ(WithoutTimes(a + "/metrics.csv"), WithoutTimes(b + "/metrics.csv"));
}

}  // namespace normlab
