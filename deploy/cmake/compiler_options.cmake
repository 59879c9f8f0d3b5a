# Flags for own code, build types, sanitizers, ccache and mold.

set(WEIR_SANITIZE "" CACHE STRING "Sanitizers: empty, 'address,undefined' or 'thread'")
option(WEIR_UNITY "Compile several files of a folder at once" OFF)
set(WEIR_UNITY_SIZE 12 CACHE STRING "Most files that are compiled at once")
option(WEIR_WERROR "Warnings are errors in own code" ON)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# Release keeps assertions (no NDEBUG) and line numbers: an engine that stops at a broken invariant
# with a readable stack is worth more than the last percent of speed.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")

# x86-64-v2 (SSE4.2, POPCNT): every server processor since 2009, so one binary runs everywhere.
# Libraries that gain from AVX2 (simdjson, xxhash) choose it at run time by themselves.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  add_compile_options(-march=x86-64-v2)
endif()

# Paths in messages and debug information start at the root, wherever the checkout is.
add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

if(WEIR_SANITIZE)
  string(REPLACE ";" "," weir_sanitizers "${WEIR_SANITIZE}")
  # -O1: half the run time of -O0 under a sanitizer for a little more compile time.
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
  add_compile_options(-fsanitize=${weir_sanitizers} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${weir_sanitizers})
  # Instrumentation makes g++ report false flow warnings; the other builds are the gate for them.
  set(WEIR_WERROR OFF)
endif()

find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${WEIR_CCACHE}")
endif()
find_program(WEIR_MOLD mold)
if(WEIR_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# What every own target is compiled with.
add_library(weir_options INTERFACE)
target_include_directories(weir_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(weir_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wnon-virtual-dtor
  # g++ 12 reports these in correct standard-library code when it inlines (GCC bugs 105651, 105329).
  -Wno-restrict
  $<$<BOOL:${WEIR_WERROR}>:-Werror>
  # Decided by the optimizer's view of a path, often wrongly: shown, but they don't break a build.
  -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread
  -Wno-error=maybe-uninitialized)
