#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "runtime/base/check.h"

namespace weir {

/// A new folder that goes away with its contents.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-state-XXXXXX").string();
    WEIR_CHECK(::mkdtemp(pattern.data()) != nullptr, "no folder {}", pattern);
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace weir
