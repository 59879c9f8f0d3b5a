#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The text of a module of the library by its dotted name ("std.errors"); none if there is no such
/// module. Lives as long as the program.
std::optional<std::string_view> ModuleText(std::string_view dotted);

/// "std/errors.flow" for "std.errors": what spans inside a module show as its path.
std::string ModulePath(std::string_view dotted);

/// Dotted names of all modules, sorted.
std::vector<std::string> ModuleNames();

}  // namespace weir
