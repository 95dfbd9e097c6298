// What a run's records bear out, in sentences under headings: the contract with the pages that
// show them.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// From what it means to how it was found. Plain text: names and labels as they stand in the records
// (escape them for the page that they go to).
struct FindingSection {
  std::string title;
  Answer answer;                       // without words where there is nothing to sum up
  std::vector<std::string> sentences;  // never empty; with figures, n and the runs that it is from
};

// In the order of reading; a section without a sentence is left out. `test_images`: of the data
// set, at least 1. docs/findings.md tells every test, its family and its formula.
std::vector<FindingSection> Findings(const RunRecord& run, int test_images);

// What a reader asks first, which is better, by how much, how sure: the meanings of the sections on
// that. Empty where they say nothing.
std::string FirstAnswer(const std::vector<FindingSection>& findings);

// The hashes of every seed's arms, what they prove, and warnings where arms were not trained under
// the same conditions. Markdown without a heading; empty for a run without arms.
std::string ConditionsMarkdown(const RunRecord& run);

}  // namespace normlab
