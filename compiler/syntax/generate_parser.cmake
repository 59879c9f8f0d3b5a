# Generates the ANTLR parser from grammar/Flow.g4 into the build folder.
# WEIR_ANTLR_JAR: the 4.9.2 tool. Not 4.9.3: its code does not compile against Debian's 4.9 runtime.
set(WEIR_ANTLR_JAR "$ENV{WEIR_ANTLR_JAR}" CACHE FILEPATH "antlr4-4.9.2-complete.jar")
if(NOT WEIR_ANTLR_JAR)
  set(weir_cache "$ENV{XDG_CACHE_HOME}")
  if(NOT weir_cache)
    set(weir_cache "$ENV{HOME}/.cache")
  endif()
  find_file(weir_antlr_jar_found antlr4-4.9.2-complete.jar NO_CACHE
            PATHS "${weir_cache}/weir" "${weir_cache}/weir/downloads"
                  /usr/local/share/java /usr/share/java
            NO_DEFAULT_PATH)
  if(weir_antlr_jar_found)
    set(WEIR_ANTLR_JAR "${weir_antlr_jar_found}" CACHE FILEPATH "" FORCE)
  else()
    message(FATAL_ERROR "antlr4-4.9.2-complete.jar not found: set WEIR_ANTLR_JAR to its path")
  endif()
endif()
find_program(WEIR_JAVA java REQUIRED)

set(weir_grammar "${CMAKE_SOURCE_DIR}/grammar/Flow.g4")
# The files are included as "generated/FlowParser.h".
set(weir_parser_root "${CMAKE_BINARY_DIR}/flow_parser")
set(weir_parser_dir "${weir_parser_root}/generated")
add_custom_command(
  OUTPUT "${weir_parser_dir}/FlowLexer.cpp" "${weir_parser_dir}/FlowLexer.h"
         "${weir_parser_dir}/FlowParser.cpp" "${weir_parser_dir}/FlowParser.h"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "${weir_parser_dir}"
  COMMAND "${WEIR_JAVA}" -Xmx512m -jar "${WEIR_ANTLR_JAR}" -Dlanguage=Cpp -Werror -no-listener
          -no-visitor -package weir_generated -o "${weir_parser_dir}" "${weir_grammar}"
  DEPENDS "${weir_grammar}"
  COMMENT "Generating the parser from Flow.g4"
  VERBATIM)

weir_library(antlr weir_parser_runtime)
add_library(weir_flow_parser STATIC
  "${weir_parser_dir}/FlowLexer.cpp" "${weir_parser_dir}/FlowParser.cpp")
# Parsing is a small part of a compilation, and this is the largest file of the build.
target_compile_options(weir_flow_parser PRIVATE -w -O1)
target_include_directories(weir_flow_parser SYSTEM PUBLIC "${weir_parser_root}")
target_link_libraries(weir_flow_parser PUBLIC ${weir_parser_runtime})
