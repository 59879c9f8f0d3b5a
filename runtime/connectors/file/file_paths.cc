#include "runtime/connectors/file/file_paths.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace weir {
namespace {

namespace fs = std::filesystem;

bool IsFolder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool Exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

Result<std::vector<std::string>> FilesOfFolder(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.') || !it->is_regular_file(ignored)) continue;
    files.push_back(it->path().string());
  }
  if (error) return FileError("read folder", folder, error.value());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> Glob(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), GLOB_BRACE, nullptr, &found) == 0) {
    for (size_t i = 0; i < found.gl_pathc; ++i) {
      if (!IsFolder(found.gl_pathv[i])) files.emplace_back(found.gl_pathv[i]);
    }
  }
  ::globfree(&found);
  return files;
}

bool IsPattern(std::string_view path) {
  return path.find_first_of("*?[{") != std::string_view::npos;
}

/// Topic, table or the declared name: the part below `dir`.
std::string PartBelowDir(const ConnectorOptions& options, std::string_view name) {
  for (const std::string_view option : {"topic", "table"}) {
    if (options.Has(option)) return options.GetString(option);
  }
  return std::string(name);
}

Result<std::vector<std::string>> FindBelowDir(const std::string& dir, const std::string& part) {
  const std::string base = dir + "/" + part;
  std::vector<std::string> files;
  if (IsFolder(base)) {
    WEIR_ASSIGN(files, FilesOfFolder(base));
  } else {
    files = Glob(base + ".*");
  }
  if (!files.empty()) return files;
  return NotFoundError("file(dir: \"{}\"): neither a folder {} with files nor a file {}.*", dir,
                       base, base);
}

}  // namespace

Status FileError(std::string_view action, std::string_view path, int error_number) {
  switch (error_number) {
    case ENOENT: return NotFoundError("cannot {} {}: no such file or folder", action, path);
    case ENOSPC:
    case EDQUOT: return ResourceExhaustedError("cannot {} {}: the disk is full", action, path);
    case EFBIG:
      return ResourceExhaustedError(
          "cannot {} {}: the file is as large as this process may make it", action, path);
    case EACCES:
    case EPERM:
    case EROFS:
      return MakeStatus(StatusCode::kPermissionDenied, "cannot {} {}: {}", action, path,
                        std::strerror(error_number));
    default: return IoError("cannot {} {}: {}", action, path, std::strerror(error_number));
  }
}

Result<std::vector<std::string>> FindInputFiles(const ConnectorOptions& options,
                                                std::string_view name) {
  if (!options.Has("path")) {
    if (!options.Has("dir")) return InvalidArgumentError("file: give path or dir");
    return FindBelowDir(options.GetString("dir"), PartBelowDir(options, name));
  }
  const std::string path = options.GetString("path");
  if (Exists(path) && !IsFolder(path)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  if (IsFolder(path)) {
    WEIR_ASSIGN(files, FilesOfFolder(path));
    if (files.empty()) return NotFoundError("file(path: \"{}\"): the folder has no files", path);
    return files;
  }
  if (IsPattern(path)) {
    files = Glob(path);
    if (files.empty()) return NotFoundError("file(path: \"{}\"): no file matches", path);
    return files;
  }
  return NotFoundError("file(path: \"{}\"): no such file", path);
}

Result<std::string> OutputPath(const ConnectorOptions& options, std::string_view name) {
  if (options.Has("path")) return options.GetString("path");
  if (!options.Has("dir")) return InvalidArgumentError("file: give path or dir");
  return options.GetString("dir") + "/" + PartBelowDir(options, name);
}

std::string FileFormat(const ConnectorOptions& options, std::string_view clause,
                       std::string_view path) {
  if (options.Has("format")) return options.GetString("format");
  if (!clause.empty()) return std::string(clause);
  const bool csv =
      path.ends_with(".csv") || path.ends_with(".csv.gz") || path.ends_with(".csv.zst");
  return csv ? "csv" : "json";
}

}  // namespace weir
