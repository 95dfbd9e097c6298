#include "statistics/family.h"

#include <algorithm>

#include "statistics/holm.h"

namespace normlab {

std::vector<JudgedChange> JudgeFamily(const std::vector<Change>& family, double alpha) {
  std::vector<JudgedChange> judged;
  std::vector<double> p;
  for (const Change& change : family) {
    JudgedChange member;
    member.difference = SummarizeSample(change.differences);
    member.tested = member.difference.n >= kFewestForTest;
    if (member.tested) {
      const std::vector<double> zeros(change.differences.size(), 0.0);
      member.test = TestPairs(change.differences, zeros, change.resolution);
      p.push_back(member.test.p);
    }
    judged.push_back(member);
  }
  const std::vector<double> adjusted = HolmAdjusted(p);
  std::size_t next = 0;
  for (JudgedChange& member : judged) {
    if (!member.tested) continue;
    member.adjusted_p = adjusted[next++];
    member.shown = member.adjusted_p <= alpha;
  }
  return judged;
}

int TestsOf(const std::vector<JudgedChange>& family) {
  return static_cast<int>(std::ranges::count(family, true, &JudgedChange::tested));
}

}  // namespace normlab
