#include "norm/conventions_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "norm/norm.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

TEST(ConventionsTable, IsTheOneOfThePage) {
  EXPECT_THAT(ReadFile(NORMLAB_TEST_DIR "/../docs/conventions.md"),
              HasSubstr(NormalizationsMarkdown()));
}

TEST(ConventionsTable, SaysOfEveryMethodWhatItPoolsOver) {
  const std::string table = NormalizationsMarkdown();
  EXPECT_THAT(table, HasSubstr("| `none` | - | - | - | - | - |"));
  EXPECT_THAT(table, HasSubstr("| `batch` | N, H, W | [C] | variance over n | weight, bias [C] | "
                               "(1 - m) old + m new"));
  EXPECT_THAT(table, HasSubstr("| `layer` | C, H, W | [N] |"));
  EXPECT_THAT(table, HasSubstr("| `layer-elementwise` | C, H, W | [N] | variance over n | weight, "
                               "bias [C, H, W] | - | as in training |"));
  EXPECT_THAT(table, HasSubstr("| `layer-channels` | C | [N, H, W] |"));
  EXPECT_THAT(table, HasSubstr("| `group` | C/G, H, W | [N, G] |"));
  EXPECT_THAT(table, HasSubstr("| `instance` | H, W | [N, C] |"));
  EXPECT_THAT(table, HasSubstr("| `rms` | C, H, W | [N] | mean square over n | weight [C] |"));
}

}  // namespace
}  // namespace normlab
