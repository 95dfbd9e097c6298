// normlab recipes: what can be run without writing a recipe, and the files to begin one's own with.
#pragma once

#include "app/command.h"

namespace normlab {

Command AddRecipesCommand(CLI::App& program);

}  // namespace normlab
