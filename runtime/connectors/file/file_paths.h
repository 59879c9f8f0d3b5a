#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connector/connector_options.h"

namespace weir {

/// A failed call on a file as a Status that says what the user can do: `cannot write out/: disk
/// full`. `action` is like `write` or `open`.
Status FileError(std::string_view action, std::string_view path, int error_number);

/// Files that a source or table reads, sorted by name: `path` (a file, a folder or a glob), or
/// `dir` with the subfolder or file named by `topic`, `table` or `name`. Hidden and unfinished
/// files of a folder are left out. Fails when there is none.
Result<std::vector<std::string>> FindInputFiles(const ConnectorOptions& options,
                                                std::string_view name);

/// Where a sink writes: `path`, or the subfolder of `dir`.
Result<std::string> OutputPath(const ConnectorOptions& options, std::string_view name);

/// `format` of the options, else the one of the clause, else by the file's suffix, else json.
std::string FileFormat(const ConnectorOptions& options, std::string_view clause,
                       std::string_view path);

}  // namespace weir
