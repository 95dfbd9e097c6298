// Worked examples as one self-contained page, in which a reader changes numbers and methods. The
// page's files lie in explain/page; its script interprets the equations' nodes.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "explain/worked_example.h"

namespace normlab {

// What a page can show; every value is a field to type in.
inline constexpr std::size_t kMostPageValues = 256;

// Throws UsageError where x has more values. The page holds what the twin computed with every
// method on these numbers, and says whether its own arithmetic agrees. `beside`: a method whose y
// is shown too, or null.
std::string ExamplePage(const WorkedExample& example, const NormMethod* beside = nullptr);

// What the page has of one method: its equation's nodes, its own numbers in `input`, and under
// `engine` what the twin computes, null where the method refuses them.
nlohmann::ordered_json PageMethodJson(const ExampleInput& input);

// The same page's data, as JSON: what its script's startExample works on.
std::string ExamplePageData(const WorkedExample& example, const NormMethod* beside = nullptr);

}  // namespace normlab
