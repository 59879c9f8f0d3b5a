# weir_embed(<out> <symbol> <base> <file>...) generates a .cc that holds the files' text and
# appends it to the list <out>. Use it in a folder's generate_<what>.cmake with out = WEIR_GENERATED_SOURCES:
#   weir_embed(WEIR_GENERATED_SOURCES kExplainPages "${dir}/explain" ${pages})
# The folder declares what it gets in a header of its own (path below <base>, text):
#   extern const std::pair<std::string_view, std::string_view> kExplainPages[];
#   extern const std::size_t kExplainPagesCount;
# The text is read again whenever one of the files changes.
function(weir_embed out symbol base)
  set(output "${CMAKE_BINARY_DIR}/embedded/${symbol}.cc")
  set(list_file "${CMAKE_BINARY_DIR}/embedded/${symbol}.list")
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/embedded")
  list(JOIN ARGN "\n" lines)
  file(CONFIGURE OUTPUT "${list_file}" CONTENT "${lines}\n" @ONLY)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DSYMBOL=${symbol}" "-DBASE=${base}" "-DLIST=${list_file}"
            "-DOUTPUT=${output}" -P "${CMAKE_SOURCE_DIR}/deploy/cmake/embed_script.cmake"
    DEPENDS ${ARGN} "${list_file}" "${CMAKE_SOURCE_DIR}/deploy/cmake/embed_script.cmake"
    VERBATIM)
  set_source_files_properties("${output}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set(${out} ${${out}} "${output}" PARENT_SCOPE)
endfunction()
