// results.csv, and what its rows say of trainings whose values are known by hand.
#include "report/summary/result_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/file.h"
#include "records/csv.h"
#include "small_run.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

TEST(ResultsCsv, IsDocumentedFromItsTable) {
  const std::string table = ResultsCsv().Markdown();
  EXPECT_THAT(ReadFile(NORMLAB_TEST_DIR "/../docs/run-folder.md"), HasSubstr("\n\n" + table + "\n"))
      << "docs/run-folder.md must have:\n"
      << table;
}

TEST(ResultsCsv, HasEveryQuantityInFullAndLeavesOutWhatIsNotKnown) {
  ArmRecord first = SmallArm("a, \"b\"", 1, 0.1 + 0.2), second = SmallArm("plain", 7, 98.5);
  AddCleanAccuracy(first, 99.25);
  second.state = "interrupted";
  second.metrics.push_back(second.metrics.front());
  const CsvTable table("results.csv", ResultsCsv().Text(std::vector{first, second}));
  ASSERT_EQ(table.rows(), 2u);
  for (const Quantity& quantity : Quantities()) EXPECT_TRUE(table.Has(quantity.name));
  EXPECT_EQ(table.Text(0, table.Column("label")), "a, \"b\"");
  EXPECT_EQ(table.Number(0, table.Column("final_test_accuracy")), 0.1 + 0.2);
  EXPECT_EQ(table.Number(0, table.Column("gap")), 99.25 - (0.1 + 0.2));
  EXPECT_EQ(table.Text(1, table.Column("gap")), "");
  EXPECT_EQ(table.Text(1, table.Column("state")), "interrupted");
  EXPECT_EQ(table.Number(1, table.Column("epochs")), 2);
}

TEST(Quantities, HaveOneNameEachAndWords) {
  std::vector<std::string_view> names;
  for (const Quantity& quantity : Quantities()) {
    names.push_back(quantity.name);
    EXPECT_FALSE(quantity.title.empty() || quantity.words.empty()) << quantity.name;
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(
                         std::set<std::string_view>(names.begin(), names.end())));
}

// A damaged metrics.csv may hold any number.
TEST(Quantities, WhatIsNoPercentageIsNotKnown) {
  for (const double value : {-1.0, 100.5, std::nan("")}) {
    const ArmRecord arm = SmallArm("a", 1, value);
    EXPECT_TRUE(std::isnan(Value(arm, "final_test_accuracy"))) << value;
    EXPECT_EQ(Sample({&arm}, QuantityNamed("final_test_accuracy")).n, 0) << value;
  }
}

}  // namespace
}  // namespace normlab
