# Only headers are built with: the loader is opened by whoever asks for a device. Without them
# everything else is built.
find_path(NORMLAB_OPENCL_HEADERS CL/cl.h)
get_target_property(engine_sources normlab_engine SOURCES)
if(NORMLAB_OPENCL_HEADERS)
  list(FILTER engine_sources EXCLUDE REGEX "/opencl/absent\\.cc$")
  target_include_directories(normlab_engine SYSTEM PRIVATE ${NORMLAB_OPENCL_HEADERS})
else()
  message(STATUS "No CL/cl.h (Debian: ocl-icd-opencl-dev): built without OpenCL devices")
  list(FILTER engine_sources EXCLUDE REGEX "/opencl/(device_handles|device_queue|devices|filter_works|image_input|image_pools|library|opencl_network|pass_area|pass_images|stack|stacks|weight_steps)\\.cc$")
endif()
set_target_properties(normlab_engine PROPERTIES SOURCES "${engine_sources}")
target_link_libraries(normlab_engine PRIVATE ${CMAKE_DL_LIBS})
