#pragma once

#include <string>

#include "runtime/base/result.h"
#include "runtime/chdb/chdb_api.h"

namespace weir {

/// libchdb.so in this process: loaded at the first call, never unloaded. Thread-safe.
class ChdbLibrary {
 public:
  /// `$WEIR_CHDB`, else `${XDG_CACHE_HOME:-~/.cache}/weir/chdb-<version>/libchdb.so`.
  static std::string Path();
  static bool IsInstalled();
  /// False in builds with a sanitizer: the engine crashes beside its allocator.
  static bool CanRun();

  /// NotFound when the file is absent (the message has the command that fetches it),
  /// FailedPrecondition when it can't be loaded or isn't the engine.
  static Result<const ChdbApi*> Load();
};

}  // namespace weir
