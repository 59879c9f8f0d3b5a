#include "runtime/state/snapshot_manifest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "runtime/base/durable_files.h"
#include "runtime/base/hash.h"

namespace weir {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kManifestFormat = 1;

std::string Hex(uint64_t value) { return fmt::format("{:016x}", value); }

std::string Dump(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

Json ToJson(const SnapshotManifest& manifest) {
  Json files = Json::array();
  for (const SnapshotManifest::File& file : manifest.files) {
    files.push_back({{"path", file.path}, {"size", file.size}, {"xxh3", Hex(file.checksum)}});
  }
  return {{"format", kManifestFormat},
          {"name", manifest.name},
          {"pipeline", manifest.pipeline},
          {"incarnation", manifest.incarnation},
          {"epoch", manifest.commit.epoch},
          {"commit_time_us", manifest.commit.time},
          {"commit_entries", manifest.commit.entries},
          {"commit_bytes", manifest.commit.bytes},
          {"taken_us", manifest.taken},
          {"codec_versions", manifest.codec_versions},
          {"flow", manifest.flow_text},
          {"files", std::move(files)}};
}

SnapshotManifest FromJson(const Json& json) {
  SnapshotManifest manifest;
  json.at("name").get_to(manifest.name);
  json.at("pipeline").get_to(manifest.pipeline);
  json.at("incarnation").get_to(manifest.incarnation);
  json.at("epoch").get_to(manifest.commit.epoch);
  json.at("commit_time_us").get_to(manifest.commit.time);
  json.at("commit_entries").get_to(manifest.commit.entries);
  json.at("commit_bytes").get_to(manifest.commit.bytes);
  json.at("taken_us").get_to(manifest.taken);
  json.at("codec_versions").get_to(manifest.codec_versions);
  json.at("flow").get_to(manifest.flow_text);
  for (const Json& file : json.at("files")) {
    manifest.files.push_back({file.at("path").get<std::string>(), file.at("size").get<uint64_t>(),
                              std::stoull(file.at("xxh3").get<std::string>(), nullptr, 16)});
  }
  return manifest;
}

}  // namespace

uint64_t SnapshotManifest::bytes() const {
  uint64_t bytes = 0;
  for (const File& file : files) bytes += file.size;
  return bytes;
}

Result<SnapshotManifest> SnapshotManifest::Read(const std::string& folder) {
  const std::string path = PathIn(folder);
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return IoError("{} can't be read", path);
    return NotFoundError("{} is no snapshot: {} is absent", folder, path);
  }
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  try {
    Json json = Json::parse(text);
    const int format = json.at("format").get<int>();
    if (format > kManifestFormat) {
      return FailedPreconditionError(
          "{}: the snapshot has format {}, this version of flowc knows {}", folder, format,
          kManifestFormat);
    }
    const std::string checksum = json.at("xxh3").get<std::string>();
    json.erase("xxh3");
    if (checksum == Hex(HashBytes(Dump(json)))) return FromJson(json);
  } catch (const std::exception&) {  // not what we write: damaged
  }
  return DataLossError("{} is damaged", path);
}

Status SnapshotManifest::Write(const std::string& folder) const {
  // Through the text, so that what is hashed is what will be read.
  Json json = Json::parse(Dump(ToJson(*this)));
  json["xxh3"] = Hex(HashBytes(Dump(json)));
  return WriteFileDurably(PathIn(folder), Dump(json) + "\n");
}

Result<uint64_t> FileChecksum(const std::string& file) {
  const std::unique_ptr<FILE, int (*)(FILE*)> in(std::fopen(file.c_str(), "rbe"), &std::fclose);
  if (in == nullptr) {
    if (errno == ENOENT) return NotFoundError("{} is missing", file);
    return IoError("{}: {}", file, std::strerror(errno));
  }
  constexpr size_t kBytes = 256 * 1024;
  const std::unique_ptr<char[]> buffer(new char[kBytes]);
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  while (const size_t size = std::fread(buffer.get(), 1, kBytes, in.get())) {
    XXH3_64bits_update(&state, buffer.get(), size);
  }
  if (std::ferror(in.get()) != 0) return IoError("{}: {}", file, std::strerror(errno));
  return static_cast<uint64_t>(XXH3_64bits_digest(&state));
}

}  // namespace weir
