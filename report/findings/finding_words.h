// How findings say their figures: one wording for all of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "statistics/family.h"

namespace normlab {

inline constexpr double kAlpha = 0.05;  // of every family

// Of more tests than this only what was found is told, and then how many others there are.
inline constexpr std::size_t kMostTestsInWords = 10;

// "seed 3", "seeds 1, 2, 3", "seeds 1 to 10, 12". Ascending.
std::string SeedList(const std::vector<std::uint64_t>& seeds);

// "a", "a and b", "a, b and c"; of more than six "a, b, c and 4 others". At least one.
std::string Listed(const std::vector<std::string>& names);

std::string Signed(double points);  // "+0.31", two decimals

std::string IntervalWords(const ConfidenceInterval& interval);  // "[+0.11, +0.51]"

// "p = 0.0031", "p < 0.000001".
std::string ProbabilityWords(double p);

// What corrected a p-value: " (Holm: pairs of models, 3 tests)"; empty where the family is one
// test, which needs no correction.
std::string FamilyWords(const std::string& family, std::size_t tests);

// "-0.31 points [-0.40, -0.22], p = 0.0031": with the 95 % t interval from two seeds on, with p
// where it was tested.
std::string ChangeWords(const JudgedChange& change);

// In a table: "-0.31 [-0.40, -0.22]", and "0.0031"; "-" where it was not tested.
std::string DifferenceCell(const JudgedChange& change);
std::string ProbabilityCell(const JudgedChange& change);

}  // namespace normlab
