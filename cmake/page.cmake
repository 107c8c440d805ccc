# The page (web/) as files inside the program. Included by the top level before the folder `server`.
#   ASSAY_PAGE=ON   build it when npm is here (tools/build_page); without npm the program says how to get it
# Sets assay_page_source, a C++ file for the folder `server`.

option(ASSAY_PAGE "Build the page of assay serve into the program (needs npm)" ON)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(ASSAY_NPM npm)

set(assay_page_source ${CMAKE_BINARY_DIR}/page/page_files.cpp)
set(assay_page_inputs "")
set(assay_page_dist "")
if(ASSAY_PAGE AND ASSAY_NPM AND EXISTS ${CMAKE_SOURCE_DIR}/web/package-lock.json)
  file(GLOB_RECURSE assay_page_inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/*)
  list(FILTER assay_page_inputs EXCLUDE REGEX "/web/(node_modules|dist|test-results|screenshots)/")
  set(assay_page_dist ${CMAKE_BINARY_DIR}/page/dist)
  add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/page/built
    COMMAND ${CMAKE_SOURCE_DIR}/tools/build_page ${ASSAY_NPM} ${assay_page_dist}
    COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/page/built
    DEPENDS ${assay_page_inputs} ${CMAKE_SOURCE_DIR}/tools/build_page
    COMMENT "Building the page" VERBATIM)
  set(assay_page_inputs ${CMAKE_BINARY_DIR}/page/built)
elseif(ASSAY_PAGE AND NOT ASSAY_NPM)
  message(STATUS "No npm: assay serve will have no page, only its interface")
endif()
add_custom_command(OUTPUT ${assay_page_source}
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/embed.py ${assay_page_source}
          ${CMAKE_SOURCE_DIR}/src/server/openapi.json ${assay_page_dist}
  DEPENDS ${CMAKE_SOURCE_DIR}/cmake/embed.py ${CMAKE_SOURCE_DIR}/src/server/openapi.json ${assay_page_inputs}
  COMMENT "Putting the page into the program" VERBATIM)
