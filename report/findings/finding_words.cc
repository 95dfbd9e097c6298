#include "report/findings/finding_words.h"

#include <fmt/format.h>

#include "base/text.h"

namespace normlab {

std::string SeedList(const std::vector<std::uint64_t>& seeds) {
  std::vector<std::string> words;
  for (std::size_t start = 0; start < seeds.size();) {
    std::size_t end = start + 1;
    while (end < seeds.size() && seeds[end] == seeds[end - 1] + 1) ++end;
    if (end - start > 3) {
      words.push_back(fmt::format("{} to {}", seeds[start], seeds[end - 1]));
      start = end;
    } else {
      words.push_back(fmt::to_string(seeds[start++]));
    }
  }
  return (seeds.size() == 1 ? "seed " : "seeds ") + Join(words);
}

std::string Listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 6, kTold = 3;
  if (names.size() == 1) return names.front();
  const std::size_t told = names.size() > kMost ? kTold : names.size() - 1;
  const std::string last =
      names.size() > kMost ? fmt::format("{} others", names.size() - kTold) : names.back();
  return Join({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(told)}) + " and " + last;
}

std::string Signed(double points) { return fmt::format("{:+.2f}", points); }

std::string IntervalWords(const ConfidenceInterval& interval) {
  return fmt::format("[{}, {}]", Signed(interval.low), Signed(interval.high));
}

std::string ProbabilityWords(double p) {
  return p < 1e-6 ? "p < 0.000001" : fmt::format("p = {:.2g}", p);
}

std::string FamilyWords(const std::string& family, std::size_t tests) {
  return tests > 1 ? fmt::format(" (Holm: {}, {} tests)", family, tests) : "";
}

std::string DifferenceCell(const JudgedChange& change) {
  const std::string words = Signed(change.difference.mean);
  return change.difference.n < 2 ? words
                                 : words + " " + IntervalWords(MeanInterval(change.difference));
}

std::string ProbabilityCell(const JudgedChange& change) {
  return change.tested ? fmt::format("{:.2g}", change.adjusted_p) : "-";
}

std::string ChangeWords(const JudgedChange& change) {
  std::string words = Signed(change.difference.mean) + " points";
  if (change.difference.n >= 2) words += " " + IntervalWords(MeanInterval(change.difference));
  if (change.tested) words += ", " + ProbabilityWords(change.adjusted_p);
  return words;
}

}  // namespace normlab
