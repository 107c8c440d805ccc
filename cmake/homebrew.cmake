# macOS: where the libraries are that tools/setup installed. Included before the first find_package.
# Homebrew links most into one prefix, which CMake knows on Apple's processors and the compiler does not, and keeps some
# "keg-only" in folders of their own: those of which macOS has another copy (SQLite) or that would clash (ICU).
if(APPLE)
  find_program(ASSAY_BREW brew HINTS /opt/homebrew/bin /usr/local/bin)
  if(ASSAY_BREW)
    execute_process(COMMAND ${ASSAY_BREW} --prefix OUTPUT_VARIABLE assay_brew_prefix OUTPUT_STRIP_TRAILING_WHITESPACE)
    foreach(keg IN ITEMS icu4c sqlite openssl@3)
      if(EXISTS ${assay_brew_prefix}/opt/${keg})
        list(APPEND CMAKE_PREFIX_PATH ${assay_brew_prefix}/opt/${keg})
      endif()
    endforeach()
    list(APPEND CMAKE_PREFIX_PATH ${assay_brew_prefix})
  endif()
endif()
