#include "compiler/flowc/run_record.h"

#include <filesystem>
#include <fstream>
#include <system_error>

namespace weir::flowc {
namespace {

using Json = nlohmann::json;

std::string TextOf(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> TextsOf(const Json& json, const char* name) {
  std::vector<std::string> texts;
  const auto found = json.find(name);
  if (found == json.end() || !found->is_array()) return texts;
  for (const Json& text : *found) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

}  // namespace

nlohmann::ordered_json RunRecord::ToJson() const {
  return {{"process", process}, {"started", started},    {"pipeline", pipeline},
          {"file", file},       {"profile", profile},    {"stores", stores},
          {"queries", queries}, {"snapshots", snapshots}};
}

RunRecord RunRecord::FromJson(const Json& json) {
  RunRecord record;
  if (!json.is_object()) return record;
  const auto process = json.find("process");
  if (process != json.end() && process->is_number_integer()) {
    record.process = process->get<int64_t>();
  }
  record.started = TextOf(json, "started");
  record.pipeline = TextOf(json, "pipeline");
  record.file = TextOf(json, "file");
  record.profile = TextOf(json, "profile");
  record.stores = TextsOf(json, "stores");
  record.queries = TextsOf(json, "queries");
  record.snapshots = TextOf(json, "snapshots");
  return record;
}

Status RunRecord::Write(const std::string& folder) const {
  const std::string path = PathIn(folder), aside = path + ".new";
  std::ofstream out(aside, std::ios::trunc);
  out << ToJson().dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(aside, path, error);
  if (!out || error) return IoError("{}: it cannot be written", path);
  return Status::Ok();
}

Result<RunRecord> RunRecord::Read(const std::string& folder) {
  const std::string path = PathIn(folder);
  std::ifstream in(path);
  if (!in) return NotFoundError("{}: no pipeline ran with this folder", path);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return DataLossError("{}: it is not what flowc run wrote", path);
  }
  const Json json = Json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return DataLossError("{}: it is not what flowc run wrote", path);
  return FromJson(json);
}

}  // namespace weir::flowc
