# What the study library is built from besides its folder: the revision of the checkout, looked up at
# every build.
set(generated ${PROJECT_BINARY_DIR}/generated)

add_custom_target(normlab_revision
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUTPUT=${generated}/revision.h
          -P ${PROJECT_SOURCE_DIR}/study/revision.cmake
  BYPRODUCTS ${generated}/revision.h
  VERBATIM)

target_include_directories(normlab_study PRIVATE ${generated})
target_compile_definitions(normlab_study PRIVATE NORMLAB_VERSION="${PROJECT_VERSION}"
  NORMLAB_BUILD_TYPE="${CMAKE_BUILD_TYPE}")
add_dependencies(normlab_study normlab_revision)
