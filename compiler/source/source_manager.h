#pragma once

#include <deque>
#include <string>

#include "compiler/source/source_file.h"
#include "compiler/source/span.h"

namespace weir {

/// What became of reading a file: `file` is null and `error` says why, or the other way round.
struct LoadedSource {
  const SourceFile* file = nullptr;
  std::string error;
};

/// Owns every source text of one compilation; spans and AST stay valid as long as it lives.
/// Not for use by several threads at once.
class SourceManager {
 public:
  SourceManager() = default;
  SourceManager(const SourceManager&) = delete;
  SourceManager& operator=(const SourceManager&) = delete;

  /// Takes a text that is already in memory. The reference stays valid.
  const SourceFile& Add(std::string path, std::string text);
  /// Reads `path`; the same path is read once only. Reads at most kMaxSourceBytes + 1 bytes, so
  /// that a huge file is refused by the parser and not by the memory of the machine.
  LoadedSource Load(const std::string& path);

  /// Null for kNoFile and unknown ids.
  const SourceFile* Find(FileId id) const;
  const SourceFile* Find(Span span) const { return Find(span.file); }

 private:
  std::deque<SourceFile> files_;
};

/// A .flow file above this is refused (semantics.md, limits).
inline constexpr size_t kMaxSourceBytes = size_t{1} << 20;

}  // namespace weir
