# Embeds the modules of the library: std/errors.flow is `use std.errors`.
file(GLOB_RECURSE weir_module_files CONFIGURE_DEPENDS "${dir}/*.flow")
list(SORT weir_module_files)
weir_embed(WEIR_GENERATED_SOURCES kModuleTexts "${dir}" ${weir_module_files})
