# What the study library is built from besides its folder: the shipped recipes, as a source file,
# and the revision of the checkout, looked up at every build.
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
#include "study/recipe.h"

namespace normlab {

const std::vector<ShippedRecipe>& ShippedRecipes() {
  static const std::vector<ShippedRecipe> recipes = {
@recipe_rows@  };
  return recipes;
}

}  // namespace normlab
]])

add_custom_target(normlab_revision
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUTPUT=${generated}/revision.h
          -P ${PROJECT_SOURCE_DIR}/study/revision.cmake
  BYPRODUCTS ${generated}/revision.h
  VERBATIM)

target_sources(normlab_study PRIVATE ${generated}/shipped_recipes.cc)
target_include_directories(normlab_study PRIVATE ${generated})
target_compile_definitions(normlab_study PRIVATE NORMLAB_VERSION="${PROJECT_VERSION}"
  NORMLAB_BUILD_TYPE="${CMAKE_BUILD_TYPE}")
add_dependencies(normlab_study normlab_revision)
