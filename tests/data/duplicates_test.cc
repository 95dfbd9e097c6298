#include "data/duplicates.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

TEST(Duplicates, AreCountedWithinAndAcrossTheSplits) {
  Dataset dataset;
  dataset.shape = {1, 1, 2};
  dataset.class_names = {"a", "b"};
  // Training: A, B, A (same class), A (another class), C. Test: D, D, B (another class), C, E.
  dataset.train = {{1, 1, 2, 2, 1, 1, 1, 1, 3, 3}, {0, 0, 0, 1, 1}};
  dataset.test = {{4, 4, 4, 4, 2, 2, 3, 3, 1, 2}, {0, 0, 1, 1, 0}};
  const Duplicates duplicates = FindDuplicates(dataset);
  EXPECT_EQ(duplicates.in_train, 2u);
  EXPECT_EQ(duplicates.in_test, 1u);
  EXPECT_EQ(duplicates.test_in_train, 2u);
  EXPECT_EQ(duplicates.other_class, 2u);
}

TEST(Duplicates, AreNoneWhereImagesDifferInOnePixel) {
  Dataset dataset;
  dataset.shape = {1, 2, 2};
  dataset.class_names = {"a"};
  dataset.train = {{0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0}, {0, 0, 0}};
  dataset.test = {{0, 1, 0, 0}, {0}};
  const Duplicates duplicates = FindDuplicates(dataset);
  EXPECT_EQ(duplicates.in_train + duplicates.in_test + duplicates.test_in_train, 0u);
}

}  // namespace
}  // namespace normlab
