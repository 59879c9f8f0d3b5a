# Turns the rows of layers.cmake into targets.
#
# weir_layer(<folder> [DEPS <folder>...] [LIBS <library>...] [TEST_DEPS <folder>...]
#            [SUBFOLDERS] [NO_UNITY])
#   DEPS       own folders whose headers it may include (and, through them, theirs)
#   LIBS       third-party libraries (libraries.cmake)
#   TEST_DEPS  further folders that its unit tests need
#   SUBFOLDERS its sub-folders are folders with rows of their own, and it sees all of them
#   NO_UNITY   never compile several of its files as one
# weir_layer_each(<folder> ...) gives this row to each sub-folder that has none yet.
# A folder that does not exist yet, or has only headers, becomes an INTERFACE target.
# If the folder has generate_*.cmake, that is included first; it may append generated .cc files to
# WEIR_GENERATED_SOURCES or define targets of its own.

set(WEIR_LAYERS "")
# Their include folders and headers must not reach other folders.
set(WEIR_CONFINED_LIBS antlr rocksdb rdkafka simdjson)

function(weir_target_name folder out)
  string(REPLACE "/" "_" name "weir_${folder}")
  set(${out} "${name}" PARENT_SCOPE)
endfunction()

macro(weir_layer folder)
  cmake_parse_arguments(LAYER "SUBFOLDERS;NO_UNITY" "" "DEPS;LIBS;TEST_DEPS" ${ARGN})
  if(LAYER_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "layers.cmake, ${folder}: unexpected ${LAYER_UNPARSED_ARGUMENTS}")
  endif()
  list(APPEND WEIR_LAYERS "${folder}")
  foreach(field DEPS LIBS TEST_DEPS SUBFOLDERS NO_UNITY)
    set("WEIR_${field}_${folder}" "${LAYER_${field}}")
  endforeach()
  if(LAYER_SUBFOLDERS)
    set(weir_below ${WEIR_LAYERS})
    list(FILTER weir_below INCLUDE REGEX "^${folder}/")
    list(APPEND "WEIR_DEPS_${folder}" ${weir_below})
  endif()
endmacro()

macro(weir_layer_each folder)
  file(GLOB weir_entries CONFIGURE_DEPENDS LIST_DIRECTORIES true
       RELATIVE "${CMAKE_SOURCE_DIR}" "${CMAKE_SOURCE_DIR}/${folder}/*")
  foreach(weir_entry IN LISTS weir_entries)
    if(IS_DIRECTORY "${CMAKE_SOURCE_DIR}/${weir_entry}" AND NOT weir_entry IN_LIST WEIR_LAYERS)
      weir_layer(${weir_entry} ${ARGN})
    endif()
  endforeach()
endmacro()

# With WEIR_UNITY several files of a target are compiled as one, since most of the time goes into the
# headers that they share.
function(weir_unity_properties target folder sources)
  if(NOT WEIR_UNITY OR WEIR_NO_UNITY_${folder})
    return()
  endif()
  execute_process(
    COMMAND python3 "${CMAKE_SOURCE_DIR}/deploy/cmake/unity_groups.py" "${WEIR_UNITY_SIZE}" ${sources}
    OUTPUT_VARIABLE lines OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" lines "${lines}")
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^([0-9]+) (.+)$" matched "${line}")
    set_source_files_properties("${CMAKE_MATCH_2}" PROPERTIES UNITY_GROUP "g${CMAKE_MATCH_1}")
  endforeach()
endfunction()

function(weir_add_layer folder)
  weir_target_name(${folder} target)
  set(dir "${CMAKE_SOURCE_DIR}/${folder}")
  set(glob GLOB_RECURSE)
  if(WEIR_SUBFOLDERS_${folder})
    set(glob GLOB)
  endif()
  file(${glob} sources CONFIGURE_DEPENDS "${dir}/*.cc")
  list(FILTER sources EXCLUDE REGEX "/(main|program_allocator)\\.cc$")
  set(WEIR_GENERATED_SOURCES "")
  file(GLOB generators CONFIGURE_DEPENDS "${dir}/generate_*.cmake")
  foreach(generator IN LISTS generators)
    include("${generator}")
  endforeach()

  if(sources OR WEIR_GENERATED_SOURCES)
    add_library(${target} STATIC ${sources} ${WEIR_GENERATED_SOURCES})
    target_link_libraries(${target} PRIVATE weir_options)
    weir_unity_properties(${target} "${folder}" "${sources}")
    set(public PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(public INTERFACE)
    # Nothing is compiled yet, so nothing needs the libraries that stay inside the folder.
    if(WEIR_LIBS_${folder})
      list(REMOVE_ITEM WEIR_LIBS_${folder} ${WEIR_CONFINED_LIBS})
    endif()
  endif()
  foreach(library IN LISTS WEIR_LIBS_${folder})
    weir_library(${library} library_target)
    if(library IN_LIST WEIR_CONFINED_LIBS)
      target_link_libraries(${target} PRIVATE ${library_target})
    else()
      target_link_libraries(${target} ${public} ${library_target})
    endif()
  endforeach()
  if(folder STREQUAL "compiler/syntax" AND TARGET weir_flow_parser AND sources)
    target_link_libraries(${target} PRIVATE weir_flow_parser)
  endif()
endfunction()

# After all rows are read: creates the targets, then links them, then the programs.
function(weir_finish_targets)
  foreach(folder IN LISTS WEIR_LAYERS)
    weir_add_layer(${folder})
  endforeach()
  foreach(folder IN LISTS WEIR_LAYERS)
    weir_target_name(${folder} target)
    get_target_property(kind ${target} TYPE)
    set(scope PUBLIC)
    if(kind STREQUAL "INTERFACE_LIBRARY")
      set(scope INTERFACE)
    endif()
    foreach(dep IN LISTS WEIR_DEPS_${folder})
      if(NOT dep IN_LIST WEIR_LAYERS)
        message(FATAL_ERROR "layers.cmake, ${folder}: '${dep}' has no row")
      endif()
      weir_target_name(${dep} dep_target)
      target_link_libraries(${target} ${scope} ${dep_target})
    endforeach()
  endforeach()
  weir_add_program(flowc compiler/flowc)
endfunction()

# A program is <folder>/main.cc plus the folder's library.
function(weir_add_program name folder)
  # Globbed, so that the program appears by itself when the file does.
  file(GLOB main_file CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/main.cc")
  if(NOT main_file)
    return()
  endif()
  weir_target_name(${folder} library)
  add_executable(${name} ${main_file})
  target_link_libraries(${name} PRIVATE weir_options ${library})
  # The sanitizers bring their own allocator.
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT WEIR_SANITIZE)
    weir_library(jemalloc allocator)
    # jemalloc behind libc, so that malloc stays libc's: see program_allocator.cc.
    target_sources(${name} PRIVATE "${CMAKE_SOURCE_DIR}/${folder}/program_allocator.cc")
    target_link_libraries(${name} PRIVATE -l:libc.so.6 ${allocator})
  endif()
endfunction()
