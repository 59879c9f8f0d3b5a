#include "compiler/source/source_manager.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace weir {

const SourceFile& SourceManager::Add(std::string path, std::string text) {
  const auto id = static_cast<FileId>(files_.size());
  return files_.emplace_back(id, std::move(path), std::move(text));
}

LoadedSource SourceManager::Load(const std::string& path) {
  for (const SourceFile& file : files_) {
    if (file.path() == path) return {&file, {}};
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return {nullptr, "is a directory"};
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (in == nullptr) return {nullptr, std::strerror(errno)};
  std::string text(kMaxSourceBytes + 1, '\0');
  const size_t read = std::fread(text.data(), 1, text.size(), in.get());
  if (std::ferror(in.get()) != 0) return {nullptr, "cannot be read"};
  text.resize(read);
  return {&Add(path, std::move(text)), {}};
}

const SourceFile* SourceManager::Find(FileId id) const {
  return id < files_.size() ? &files_[id] : nullptr;
}

}  // namespace weir
