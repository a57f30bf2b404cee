# Compiling sources of a folder together: their headers, which cost more than they do, are read once.
#
# A source may name what is its own as it likes: those that declare a name twice go into different
# units. What comes at the beginning of a line is taken for a declaration.

# The names that SOURCE declares, but for those of members.
function(parley_declared_names source result)
  file(READ "${source}" text)
  # Brackets and semicolons mean something to a list; a template's parameters are no names.
  string(REGEX REPLACE "[][;]" "=" text "\n${text}")
  string(REGEX REPLACE "\ntemplate <[^\n]*>\n" "\n" text "${text}")
  string(REGEX MATCHALL "\n[a-zA-Z_][^\n={(]*" declarations "${text}")
  set(names "")
  foreach(declaration IN LISTS declarations)
    string(STRIP "${declaration}" declaration)
    if(declaration MATCHES "^(class|struct|enum class|enum|union) ([a-zA-Z0-9_]+)")
      list(APPEND names ${CMAKE_MATCH_2})
    elseif(NOT declaration MATCHES "^(namespace|using namespace|extern)"
           AND declaration MATCHES "[ *&>]([a-zA-Z0-9_]+)$")
      list(APPEND names ${CMAKE_MATCH_1})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES names)
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

# parley_compile_together(TARGET AT_MOST): its sources in units of up to AT_MOST sources of a folder.
function(parley_compile_together target at_most)
  get_target_property(sources ${target} SOURCES)
  list(SORT sources)
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${PROJECT_SOURCE_DIR}")
    if(NOT EXISTS "${source}")
      continue()  # made by the build
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    parley_declared_names("${source}" names)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY "${PROJECT_SOURCE_DIR}")
    string(MAKE_C_IDENTIFIER "${folder}" folder)
    foreach(number RANGE 1 99)
      set(unit ${folder}_${number})
      list(LENGTH ${unit}_sources size)
      set(shared ${names})
      list(FILTER shared INCLUDE REGEX "^(${${unit}_pattern})$")
      if(size LESS at_most AND NOT shared)
        break()
      endif()
    endforeach()
    list(APPEND ${unit}_sources "${source}")
    list(APPEND ${unit}_names ${names})
    list(JOIN ${unit}_names "|" ${unit}_pattern)
    set_property(SOURCE "${source}" PROPERTY UNITY_GROUP ${unit})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
