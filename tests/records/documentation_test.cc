// docs/run-folder.md shows the tables of columns as the program has them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "records/errors_table.h"
#include "records/learned_table.h"
#include "records/statistics_table.h"
#include "records/training_tables.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

TEST(RunFolderPage, HasEveryTableOfColumns) {
  const std::string page = ReadFile(NORMLAB_TEST_DIR "/../docs/run-folder.md");
  for (const std::string& table :
       {MetricsTable({.validation = true, .views = true}).Markdown(), StepsTable().Markdown(),
        LayersTable().Markdown(), ClockTable().Markdown(), LearnedTable().Markdown(),
        StatisticsTable().Markdown()}) {
    EXPECT_THAT(page, HasSubstr("\n\n" + table)) << "docs/run-folder.md must have:\n" << table;
  }
  std::string errors = ErrorsTable({"a"}).Markdown();
  errors.replace(errors.find("`probability_0`"), 15, "`probability_0` …");
  EXPECT_THAT(page, HasSubstr(errors)) << "docs/run-folder.md must have:\n" << errors;
}

}  // namespace
}  // namespace normlab
