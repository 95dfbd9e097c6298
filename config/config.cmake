# What the config library is built from besides its folder: the shipped recipes, as a source file.
set(generated ${PROJECT_BINARY_DIR}/generated)

file(GLOB recipe_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/recipes/*.toml)
set(recipe_rows "")
foreach(recipe_file ${recipe_files})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${recipe_file})
  get_filename_component(recipe_name ${recipe_file} NAME_WE)
  file(READ ${recipe_file} recipe_text)
  string(APPEND recipe_rows "      {\"${recipe_name}\", R\"recipe(${recipe_text})recipe\"},\n")
endforeach()
file(CONFIGURE OUTPUT ${generated}/shipped_recipes.cc @ONLY CONTENT [[
#include "config/recipe.h"

namespace normlab {

const std::vector<ShippedRecipe>& ShippedRecipes() {
  static const std::vector<ShippedRecipe> recipes = {
@recipe_rows@  };
  return recipes;
}

}  // namespace normlab
]])

target_sources(normlab_config PRIVATE ${generated}/shipped_recipes.cc)
