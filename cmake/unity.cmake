# assay_units(variable name file…)
#   Gives what is to be compiled for these files. With ASSAY_UNITY those are units of up to twelve files
#   (unity_groups.py says which), and the whole tree takes a third to a half of the time. Without it every file is compiled by
#   itself, which shows a missing include (preset "clang") and is quicker while one file is being worked on. A file
#   with COMPILE_OPTIONS of its own stays alone.
function(assay_units variable name)
  set(files ${ARGN})
  if(NOT ASSAY_UNITY OR NOT files)
    set(${variable} "${files}" PARENT_SCOPE)
    return()
  endif()
  set(alone "")
  foreach(file IN LISTS files)
    get_source_file_property(options ${file} COMPILE_OPTIONS)
    if(options)
      list(APPEND alone ${file})
    endif()
  endforeach()
  if(alone)
    list(REMOVE_ITEM files ${alone})
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(maker ${CMAKE_SOURCE_DIR}/cmake/unity_groups.py)
  execute_process(COMMAND ${Python3_EXECUTABLE} ${maker} ${CMAKE_BINARY_DIR}/units ${name} ${files}
                  OUTPUT_VARIABLE units OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" units "${units}")
  # A file that gives a name to something new may belong elsewhere.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${maker} ${files})
  set(${variable} ${units} ${alone} PARENT_SCOPE)
endfunction()
