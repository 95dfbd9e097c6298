#include "norm/conventions_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/file.h"
#include "norm/norm.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

// With NORMLAB_WRITE_TABLE in the environment the page's table is replaced by the registry's.
TEST(ConventionsTable, IsTheOneOfThePage) {
  const std::string path = NORMLAB_TEST_DIR "/../docs/conventions.md";
  std::string page = ReadFile(path);
  if (std::getenv("NORMLAB_WRITE_TABLE") != nullptr) {
    const std::size_t begin = page.find("| norm | ");
    ASSERT_NE(begin, std::string::npos);
    page.replace(begin, page.find("\n\n", begin) + 1 - begin, NormalizationsMarkdown());
    std::ofstream(path) << page;
  }
  EXPECT_THAT(page, HasSubstr("\n\n" + NormalizationsMarkdown() + "\n"))
      << "NORMLAB_WRITE_TABLE=1 norm_test --gtest_filter='ConventionsTable.*' writes it anew";
}

TEST(ConventionsTable, SaysOfEveryMethodWhatItPoolsOver) {
  const std::string table = NormalizationsMarkdown();
  EXPECT_THAT(table, HasSubstr("| `none` | - | - | - | - | `nn.Identity()` | - |\n"));
  EXPECT_THAT(table,
              HasSubstr("| `batch` | `m = avg[N H W](x)`, `v = var[N H W](x)`: one channel of all "
                        "images of the batch | weight[C], bias[C] | running_mean, running_var over "
                        "n - 1 | - | `nn.BatchNorm2d(C)` | Ioffe & Szegedy 2015, algorithm 1 |\n"));
  EXPECT_THAT(table, HasSubstr("all channels of one image | weight[C H W], bias[C H W] | - | - |"));
  EXPECT_THAT(table, HasSubstr("| `group` | `m = avg[K H W](x)`, `v = var[K H W](x)`: one group "
                               "of channels of one image | weight[C], bias[C] | - | - |"));
  EXPECT_THAT(table, HasSubstr("| `rms` | `s = avg[C H W](x^2)`: all channels of one image | "
                               "weight[C] | - | - |"));
  EXPECT_THAT(table, HasSubstr("| `frn` | `n = avg[H W](x^2)`: one channel of one image | "
                               "weight[C], bias[C], tau[C] | - | yes |"));
  EXPECT_THAT(table, HasSubstr("| `grn` | `g = norm[H W](x)`: one channel of one image; "
                               "`avg[C](g)`: all channels of one image |"));
  EXPECT_THAT(table, HasSubstr("| `dyt` | - | weight[C], alpha[] from 0.5, bias[C] | - | - | - |"));
}

}  // namespace
}  // namespace normlab
