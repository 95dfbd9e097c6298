// What a test needs of the machine. A test that lacks it is left out by name, with the command that
// brings it (scripts/left_out.py lists them at the end of ./check); where the machine was said to
// have it, it fails instead.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace normlab {

// Empty where the search finds the published data set `name`; else what to do about it.
std::string MissingDataset(const std::string& name);

// NORMLAB_DATA or CI is set: then a set that is not there is a mistake of the machine's.
bool DatasetsAreExpected();

}  // namespace normlab

// In a test's body, before anything that reads the published data set.
#define NORMLAB_NEEDS_DATASET(name)                                                             \
  if (const std::string missing = normlab::MissingDataset(name); !missing.empty()) {            \
    if (normlab::DatasetsAreExpected()) FAIL() << "NORMLAB_DATA or CI is set, but " << missing; \
    NORMLAB_LEFT_OUT(missing);                                                                  \
  }                                                                                             \
  static_assert(true, "takes the semicolon")

// `reason` is one line: what is missing; what brings it.
#define NORMLAB_LEFT_OUT(reason) GTEST_SKIP() << "left out: " << (reason)
