#pragma once

#include <string>

namespace weir {

/// What a `format …(…)` clause can set; each format reads its own part.
struct FormatOptions {
  bool header = true;           ///< csv: the first line names the columns
  std::string separator = ",";  ///< csv: one byte
  std::string null_text;        ///< csv: an unquoted cell with this text is null

  /// From anything with GetBool and GetString by option name (ConnectorOptions), so that formats
  /// need not know connectors.
  template <typename Options>
  static FormatOptions From(const Options& given) {
    FormatOptions options;
    options.header = given.GetBool("header", options.header);
    options.separator = given.GetString("separator", options.separator);
    options.null_text = given.GetString("null", options.null_text);
    return options;
  }
};

}  // namespace weir
