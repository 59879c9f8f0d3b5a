#include "runtime/chdb/chdb_library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

namespace weir {
namespace {

constexpr const char* kRelease = "26.7.3";  // the same in deploy/dev/install.sh

// Its allocator and a sanitizer's don't bear each other: it would crash at the first connection.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

template <typename Function>
Status Find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(::dlsym(library, name));
  if (function != nullptr) return Status::Ok();
  return FailedPreconditionError("{} has no function {}: it is not release {} of libchdb",
                                 ChdbLibrary::Path(), name, kRelease);
}

Status FindAll(void* library, ChdbApi& api) {
  WEIR_TRY(Find(library, "chdb_connect", api.connect));
  WEIR_TRY(Find(library, "chdb_close_conn", api.close_conn));
  WEIR_TRY(Find(library, "chdb_query_n", api.query_n));
  WEIR_TRY(Find(library, "chdb_result_buffer", api.result_buffer));
  WEIR_TRY(Find(library, "chdb_result_length", api.result_length));
  WEIR_TRY(Find(library, "chdb_result_error", api.result_error));
  WEIR_TRY(Find(library, "chdb_result_rows_written", api.result_rows_written));
  WEIR_TRY(Find(library, "chdb_destroy_query_result", api.destroy_query_result));
  WEIR_TRY(Find(library, "chdb_stream_insert_n", api.stream_insert_n));
  WEIR_TRY(Find(library, "chdb_stream_append", api.stream_append));
  WEIR_TRY(Find(library, "chdb_stream_done", api.stream_done));
  WEIR_TRY(Find(library, "chdb_stream_insert_error", api.stream_insert_error));
  WEIR_TRY(Find(library, "chdb_destroy_insert_stream", api.destroy_insert_stream));
  WEIR_TRY(Find(library, "chdb_set_signal_handlers_enabled", api.set_signal_handlers_enabled));
  return Find(library, "chdb_version", api.version);
}

Result<const ChdbApi*> LoadOnce() {
  static ChdbApi api;
  const std::string path = ChdbLibrary::Path();
  if (!ChdbLibrary::CanRun()) {
    return FailedPreconditionError(
        "the embedded ClickHouse engine can't run in a build with a sanitizer");
  }
  if (!ChdbLibrary::IsInstalled()) {
    return NotFoundError(
        "the embedded ClickHouse engine is not installed ({} is absent): run "
        "deploy/dev/install.sh --store, which fetches it once, or name a libchdb.so in WEIR_CHDB",
        path);
  }
  // RTLD_LOCAL: it brings its own C++ library and allocator, which nobody else may see.
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return FailedPreconditionError("the embedded ClickHouse engine can't be loaded: {}",
                                   ::dlerror());
  }
  WEIR_TRY(FindAll(library, api));
  // Before the first connection: the engine must not catch this process's crashes.
  api.set_signal_handlers_enabled(0);
  return &api;
}

}  // namespace

std::string ChdbLibrary::Path() {
  if (std::string path = Environment("WEIR_CHDB"); !path.empty()) return path;
  std::string cache = Environment("XDG_CACHE_HOME");
  if (cache.empty()) cache = Environment("HOME") + "/.cache";
  return cache + "/weir/chdb-" + kRelease + "/libchdb.so";
}

bool ChdbLibrary::CanRun() { return !kSanitized; }

bool ChdbLibrary::IsInstalled() { return ::access(Path().c_str(), R_OK) == 0; }

Result<const ChdbApi*> ChdbLibrary::Load() {
  static std::mutex mutex;
  static const ChdbApi* loaded = nullptr;
  const std::lock_guard<std::mutex> lock(mutex);
  if (loaded == nullptr) {
    WEIR_ASSIGN(loaded, LoadOnce());
  }
  return loaded;
}

}  // namespace weir
