# Where llama.cpp comes from. Included by the top level unless ASSAY_ENGINE is "none".
#   ASSAY_ENGINE=cache    the pinned build in the cache (tools/build_engines); built now if it is missing
#   ASSAY_ENGINE=system   find_package(llama), e.g. Homebrew's; accepted when its version is in the tested range
#   ASSAY_ENGINE_PREFIX   with "cache": use this prefix and do not run tools/build_engines
# Gives the target assay::llama_engine and, when llama-common came with it (chat templates as the model's
# author wrote them, JSON schema), the compile definition ASSAY_LLAMA_COMMON on it.

set(ASSAY_ENGINE_PREFIX "" CACHE PATH "Prefix with llama.cpp, instead of asking tools/build_engines")

# Versions of the library that the worker was tested with. The interface changes often.
set(assay_llama_tested_from 0.5.0)
set(assay_llama_tested_to 0.5.999)

if(ASSAY_ENGINE STREQUAL "cache")
  if(NOT ASSAY_ENGINE_PREFIX)
    # Not with this build's compiler: every preset, also the second compiler's and the sanitizers', takes the one
    # engine build that the measured numbers come from.
    execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/build_engines libs
      OUTPUT_VARIABLE assay_engine_out OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE assay_engine_status)
    if(NOT assay_engine_status EQUAL 0)
      message(FATAL_ERROR "tools/build_engines failed (see above). To build without an engine: -DASSAY_ENGINE=none")
    endif()
    string(REGEX REPLACE ".*\n" "" assay_engine_prefix "${assay_engine_out}")
  else()
    set(assay_engine_prefix "${ASSAY_ENGINE_PREFIX}")
  endif()
  # What an earlier configure found may be another prefix.
  foreach(found IN ITEMS llama_DIR ggml_DIR llama_LIBRARY)
    unset(${found} CACHE)
  endforeach()
  # The engine was built by the system's g++ and wants its OpenMP; the second compiler has none of its own on Debian
  # but can use that one.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
    execute_process(COMMAND g++ -print-file-name=libgomp.so OUTPUT_VARIABLE assay_gomp OUTPUT_STRIP_TRAILING_WHITESPACE)
    foreach(language IN ITEMS C CXX)
      set(OpenMP_${language}_FLAGS "-fopenmp=libgomp" CACHE STRING "" FORCE)
      set(OpenMP_${language}_LIB_NAMES gomp CACHE STRING "" FORCE)
    endforeach()
    set(OpenMP_gomp_LIBRARY "${assay_gomp}" CACHE FILEPATH "" FORCE)
  endif()
  find_package(llama REQUIRED PATHS "${assay_engine_prefix}" NO_DEFAULT_PATH)
elseif(ASSAY_ENGINE STREQUAL "system")
  set(assay_engine_prefix "")
  find_package(llama REQUIRED)
  if(LLAMA_VERSION MATCHES "^[0-9.]+")
    set(assay_llama_version ${CMAKE_MATCH_0})
  else()
    set(assay_llama_version 0)
  endif()
  if(assay_llama_version VERSION_LESS assay_llama_tested_from OR
     assay_llama_version VERSION_GREATER assay_llama_tested_to)
    message(FATAL_ERROR "The system's llama.cpp is ${LLAMA_VERSION}; assay was tested with "
      "${assay_llama_tested_from} to ${assay_llama_tested_to}. Use -DASSAY_ENGINE=cache.")
  endif()
else()
  message(FATAL_ERROR "ASSAY_ENGINE is '${ASSAY_ENGINE}'; expected cache, system or none")
endif()
message(STATUS "Engine: llama.cpp ${LLAMA_VERSION} (${ASSAY_ENGINE}) in ${LLAMA_LIB_DIR}")

add_library(assay_llama_engine INTERFACE)
add_library(assay::llama_engine ALIAS assay_llama_engine)
if(assay_engine_prefix AND EXISTS "${assay_engine_prefix}/lib/libllama-common.a")
  # Its archives refer to each other and to llama, so they come first.
  target_link_libraries(assay_llama_engine INTERFACE
    "${assay_engine_prefix}/lib/libllama-common.a" "${assay_engine_prefix}/lib/libllama-common-base.a"
    "${assay_engine_prefix}/lib/libcpp-httplib.a")
  target_include_directories(assay_llama_engine SYSTEM INTERFACE "${assay_engine_prefix}/include/llama-common")
  target_compile_definitions(assay_llama_engine INTERFACE ASSAY_LLAMA_COMMON)
endif()
target_link_libraries(assay_llama_engine INTERFACE llama Threads::Threads ${CMAKE_DL_LIBS})
target_include_directories(assay_llama_engine SYSTEM INTERFACE "${LLAMA_INCLUDE_DIR}")
target_compile_definitions(assay_llama_engine INTERFACE ASSAY_ENGINE_LLAMA_VERSION="${LLAMA_VERSION}")
