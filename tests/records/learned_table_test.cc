// learned.csv as a training leaves it, and damaged.
#include "records/learned_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "records/run_folder.h"
#include "tests/report/random_run.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kLearnedHeader[] =
    "epoch,layer,part,name,kind,count,mean,deviation,lowest,highest\n";

class LearnedCsv : public testing::Test {
 protected:
  std::string Path() const { return folder_.path() + "/learned.csv"; }
  std::string Refusal(const std::string& lines, const std::string& header = kLearnedHeader) {
    WriteFile(Path(), header + lines);
    std::string refused = "accepted: " + lines;
    EXPECT_THROW(ReadOwnLearnedOrNone(Path()), DataError) << lines;
    try {
      ReadLearned(Path());
    } catch (const DataError& error) {
      refused = error.what();
    }
    return refused;
  }
  TemporaryFolder folder_;
};

TEST_F(LearnedCsv, IsReadAsItIsWritten) {
  const std::string text = std::string(kLearnedHeader) +
                           "1,C1,norm,share,statement,1,0.25,0,0.25,0.25\n"
                           "1,C1,norm,gate,learned,12,1e-09,0.5,-inf,nan\n"
                           "2,C1,norm,share,statement,1,0.3333333,0,0.3333333,0.3333333\n";
  WriteFile(Path(), text);
  const std::vector<LearnedValue> rows = ReadOwnLearnedOrNone(Path());
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_TRUE(rows[0].is_statement);
  EXPECT_FALSE(rows[1].is_statement);
  EXPECT_EQ(rows[1].layer, "C1");
  EXPECT_EQ(rows[1].part, "norm");
  EXPECT_EQ(rows[1].name, "gate");
  EXPECT_EQ(rows[1].count, 12);
  EXPECT_EQ(rows[1].mean, 1e-9);
  EXPECT_EQ(rows[1].deviation, 0.5);
  EXPECT_TRUE(std::isinf(rows[1].lowest));
  EXPECT_TRUE(std::isnan(rows[1].highest));
  EXPECT_EQ(rows[2].epoch, 2);
  EXPECT_EQ(LearnedTable().Text(rows), text);
}

TEST_F(LearnedCsv, MayBeginLaterOrNotAtAll) {
  EXPECT_THAT(ReadOwnLearnedOrNone(Path()), IsEmpty());
  WriteFile(Path(), std::string(kLearnedHeader) + "3,C1,norm,gate,learned,1,1,0,1,1\n");
  EXPECT_THAT(ReadOwnLearnedOrNone(Path()), SizeIs(1));
}

TEST_F(LearnedCsv, DamageIsNamedWithItsLine) {
  const std::string first = "1,C1,norm,gate,learned,1,1,0,1,1\n";
  EXPECT_THAT(Refusal(first + first),
              HasSubstr("learned.csv:3: name: expected each value of a layer once in epoch 1, "
                        "found C1.norm.gate a second time"));
  EXPECT_THAT(Refusal("2,C1,norm,gate,learned,1,1,0,1,1\n" + first),
              HasSubstr("learned.csv:3: epoch: expected 2 or a later one, found 1"));
  EXPECT_THAT(Refusal("1,C1,norm,gate,taught,1,1,0,1,1\n"),
              HasSubstr("learned.csv:2: kind: expected learned or statement, found \"taught\""));
  EXPECT_THAT(Refusal("1,C1,norm,gate,learned,0,1,0,1,1\n"), HasSubstr("learned.csv:2: count"));
  EXPECT_THAT(Refusal("1,C1,norm,gate,learned,1,one,0,1,1\n"),
              HasSubstr("learned.csv:2: mean: expected a number, found \"one\""));
  EXPECT_THAT(Refusal("1,C1,norm,gate,learned,1,1,0,1\n"), HasSubstr("learned.csv:2"));
  EXPECT_THAT(Refusal("1,C1,norm,gate,learned,1,1,0,1,1"), HasSubstr("learned.csv:2"));
  EXPECT_THAT(Refusal("", "epoch,layer,part,name,kind,count,mean,deviation,lowest\n"),
              HasSubstr("learned.csv:1"));
}

TEST_F(LearnedCsv, OfARunIsReadAndADamagedOneIsMissing) {
  const Dataset dataset = RandomDataset(1, {1, 4, 4}, {"zero", "one", "two"});
  RunRecord run =
      RandomRun(folder_.path(), dataset,
                {RandomArm(1, "own", dataset, 2, 3), RandomArm(2, "none", dataset, 2, 0)});
  run.arms[0].learned = {{1, "C1", "norm", "gate", false, 3, 0.5, 0.25, 0, 1},
                         {2, "C1", "norm", "gate", false, 3, 0.75, 0.125, 0, 1}};
  LayDown(run);
  const RunRecord read = ReadRunFolder(run.path);
  EXPECT_THAT(read.missing, IsEmpty());
  ASSERT_THAT(read.arms[0].learned, SizeIs(2));
  EXPECT_EQ(read.arms[0].learned[1].mean, 0.75);
  EXPECT_THAT(read.arms[1].learned, IsEmpty());
  WriteFile(run.path + "/" + run.arms[0].folder + "/learned.csv",
            std::string(kLearnedHeader) + "1,C1\n");
  const RunRecord damaged = ReadRunFolder(run.path);
  EXPECT_THAT(damaged.missing, ElementsAre(HasSubstr("learned.csv:2")));
  EXPECT_THAT(damaged.arms[0].learned, IsEmpty());
  EXPECT_THAT(damaged.arms[0].metrics, SizeIs(2));
}

}  // namespace
}  // namespace normlab
