// In what two resolved recipes say another thing to be computed.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

// "epochs = 2 there, 3 here; lr = 0.1, 0.01 there, 0.1 here": each key of the hash whose values
// over the arms differ, a few of them; where none does, that it is their order, or what the keys do
// not say. `there` is recipe.toml of a run folder, `here` ResolvedRecipe of a plan.
std::string ConfigurationDifference(std::string_view there, std::string_view here);

}  // namespace normlab
