#include "runtime/state/state_directory.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "runtime/base/durable_files.h"
#include "runtime/base/kill_point.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kDirectoryFormat = 1;

bool Exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string TextIn(const Json& json, const char* name) {
  const auto field = json.find(name);
  return field != json.end() && field->is_string() ? field->get<std::string>() : "";
}

/// A folder that becomes one of state has nothing in it, or what a process left that died before it
/// could say whose state it is. Somebody's other files would be mixed with ours.
Status CheckForeignFiles(const std::string& folder) {
  static constexpr std::string_view kOwn[] = {"lock",      "run.json",   "weir.sock", "outbox",
                                              "snapshots", "savepoints", "scratch"};
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    const bool own = std::find(std::begin(kOwn), std::end(kOwn), name) != std::end(kOwn) ||
                     name.starts_with("state.json") || name.starts_with("last_epoch") ||
                     name.starts_with("db");
    if (own) continue;
    return FailedPreconditionError(
        "{} is no state folder and has other files in it ({}): give --state a new or empty folder",
        folder, name);
  }
  return Status::Ok();
}

}  // namespace

Result<std::string> StateIdentity::NewIncarnation() {
  uint64_t bits = 0;
  if (::getrandom(&bits, sizeof(bits), 0) != sizeof(bits)) {
    return IoError("no random number for a new state: {}", std::strerror(errno));
  }
  return fmt::format("{:016x}", bits);
}

Result<StateIdentity> StateIdentity::Read(const std::string& folder) {
  const std::string file = PathIn(folder);
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    if (Exists(file)) return IoError("{} can't be read", file);
    return NotFoundError("{} is absent", file);
  }
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("format") || !json["format"].is_number_integer()) {
    return DataLossError("{} is damaged", file);
  }
  const auto format = json["format"].get<int64_t>();
  if (format > kDirectoryFormat) {
    return FailedPreconditionError(
        "{}: the state has format {}, this version of flowc knows {}: use the version that wrote "
        "it or a newer one",
        folder, format, kDirectoryFormat);
  }
  StateIdentity identity;
  identity.pipeline = TextIn(json, "pipeline");
  identity.incarnation = TextIn(json, "incarnation");
  identity.from_snapshot = TextIn(json, "from_snapshot");
  identity.from_incarnation = TextIn(json, "from_incarnation");
  if (json.contains("from_epoch") && json["from_epoch"].is_number_unsigned()) {
    identity.from_epoch = json["from_epoch"].get<uint64_t>();
  }
  if (json.contains("made_us") && json["made_us"].is_number_integer()) {
    identity.made = json["made_us"].get<int64_t>();
  }
  if (identity.pipeline.empty() || identity.incarnation.size() != 16) {
    return DataLossError("{} is damaged", file);
  }
  return identity;
}

Status StateIdentity::Write(const std::string& folder) const {
  Json json = {{"format", kDirectoryFormat},
               {"pipeline", pipeline},
               {"incarnation", incarnation},
               {"made_us", made}};
  if (!from_snapshot.empty()) {
    json["from_snapshot"] = from_snapshot;
    json["from_incarnation"] = from_incarnation;
    json["from_epoch"] = from_epoch;
  }
  const auto replace = Json::error_handler_t::replace;
  return WriteFileDurably(PathIn(folder), json.dump(2, ' ', false, replace) + "\n");
}

Result<std::unique_ptr<StateDirectory>> StateDirectory::Open(const std::string& folder,
                                                             const std::string& pipeline,
                                                             const RocksDbStateOptions& options) {
  if (Exists(UnfinishedMark(folder))) {
    return FailedPreconditionError(
        "{}: the restore of a snapshot into this folder is unfinished: run it again", folder);
  }
  auto identity = StateIdentity::Read(folder);
  const bool is_new = identity.status().code() == StatusCode::kNotFound;
  if (is_new && !Exists(folder + "/db")) WEIR_TRY(CheckForeignFiles(folder));
  if (!is_new) {
    if (!identity.ok()) return identity.status();
    if (identity->pipeline != pipeline) {
      return FailedPreconditionError(
          "the state in {} belongs to the pipeline '{}', not to '{}': give this one a folder of "
          "its own with --state DIR",
          folder, identity->pipeline, pipeline);
    }
    // state.json is written last, so there was a store.
    if (!Exists(folder + "/db")) {
      return DataLossError("the state in {} is gone: {}/db is missing", folder, folder);
    }
  }
  WEIR_ASSIGN(auto backend, OpenRocksDbStateBackend(folder, options));
  KillPoint::Pass("state-opened");
  if (is_new) {
    // Without commits a process died before it could say whose state this is.
    if (backend->last_epoch() > 0) {
      return DataLossError("the state in {} is damaged: {} is missing", folder,
                           StateIdentity::PathIn(folder));
    }
    StateIdentity made;
    made.pipeline = pipeline;
    WEIR_ASSIGN(made.incarnation, StateIdentity::NewIncarnation());
    made.made = options.clock == nullptr ? SystemClock::Instance().Now() : options.clock->Now();
    WEIR_TRY(made.Write(folder));
    identity = made;
  }
  std::unique_ptr<StateDirectory> opened(
      new StateDirectory(folder, *std::move(identity), is_new, std::move(backend)));
  WEIR_TRY(MakeFolderDurably(opened->outbox()));
  WEIR_TRY(MakeFolderDurably(opened->snapshots()));
  return opened;
}

}  // namespace weir
