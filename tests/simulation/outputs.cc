#include "tests/simulation/outputs.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/connector/connector_spec.h"
#include "runtime/connector/source_connector.h"
#include "runtime/types/value.h"

namespace weir::simulation {
namespace {

namespace fs = std::filesystem;

/// Of `part-<incarnation>-<lane>-<unit>.jsonl`, or of `pipeline/sink/incarnation/lane/unit`.
bool PlaceOf(std::string name, char separator, uint32_t& lane, uint64_t& unit) {
  const size_t last = name.rfind(separator);
  if (last == std::string::npos || last == 0) return false;
  const size_t before = name.rfind(separator, last - 1);
  if (before == std::string::npos) return false;
  lane = static_cast<uint32_t>(std::strtoul(name.c_str() + before + 1, nullptr, 10));
  unit = std::strtoull(name.c_str() + last + 1, nullptr, 10);
  return true;
}

/// Encoders say of routed rows which stage they left; the trail does not.
std::string WithoutOrigin(std::string line) {
  const size_t begin = line.find(",\"_routed_from\":\"");
  if (begin == std::string::npos) return line;
  const size_t end = line.find('"', begin + 18);
  line.erase(begin, end + 1 - begin);
  return line;
}

void Must(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "simulation: reading a log: %s\n", status.message().c_str());
  std::abort();
}

}  // namespace

Lines Outputs::Read(const std::string& sink, SinkKind kind) const {
  switch (kind) {
    case SinkKind::kFile: return ReadParts(sink);
    case SinkKind::kLog: return ReadLog(sink);
    case SinkKind::kRemote: break;
  }
  return ReadRemote(sink);
}

Lines Outputs::ReadParts(const std::string& sink) const {
  std::map<std::pair<uint32_t, uint64_t>, fs::path> parts;
  std::error_code error;
  for (fs::directory_iterator it(root_ + "/out/" + sink, error), end; !error && it != end; ++it) {
    const std::string name = it->path().filename().string();
    uint32_t lane = 0;
    uint64_t unit = 0;
    if (!name.starts_with("part-") || !PlaceOf(name, '-', lane, unit)) continue;
    parts[{lane, unit}] = it->path();
  }
  Lines lines;
  for (const auto& [place, path] : parts) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      lines[place.first].push_back(WithoutOrigin(line));
    }
  }
  return lines;
}

Lines Outputs::ReadLog(const std::string& sink) const {
  Lines lines;
  const std::string dir = root_ + "/out/log";
  if (!fs::exists(dir + "/" + sink + "/journal-1") && !fs::exists(dir + "/" + sink)) return lines;
  ConnectorOptions options;
  options.Set("dir", Value::String(dir));
  options.Set("topic", Value::String(sink));
  options.Set("start", Value::String("earliest"));
  options.Set("end", Value::String("latest"));
  ConnectorOptions no_options;
  SourceRequest request;
  request.name = sink;
  request.options = &options;
  request.format = "json";
  request.format_options = &no_options;
  request.clock = &SystemClock::Instance();
  auto source = registry_->Find("log")->source->make(request);
  Must(source.status());
  // A topic that was not finished when the life ended has nothing.
  if (const Status opened = (*source)->Open(); !opened.ok()) {
    if (opened.code() == StatusCode::kNotFound) return lines;
    Must(opened);
  }
  for (size_t i = 0; i < (*source)->num_partitions(); ++i) {
    auto reader = (*source)->MakeReader(i);
    Must(reader.status());
    Must((*reader)->Open(""));
    for (PollState state = PollState::kData; state == PollState::kData;) {
      RecordChunk chunk;
      const auto polled = (*reader)->Poll(1000, 0, chunk);
      Must(polled.status());
      state = polled->state;
      for (const std::string_view record : chunk.records) {
        lines[0].push_back(WithoutOrigin(std::string(record)));
      }
    }
  }
  return lines;
}

Lines Outputs::ReadRemote(const std::string& sink) const {
  Lines lines;
  const auto table = target_->tables().find(sink);
  if (table == target_->tables().end()) return lines;
  std::map<std::pair<uint32_t, uint64_t>, const std::vector<std::string>*> units;
  for (const auto& [name, rows] : table->second.taken) {
    uint32_t lane = 0;
    uint64_t unit = 0;
    if (PlaceOf(name, '/', lane, unit)) units[{lane, unit}] = &rows;
  }
  for (const auto& [place, rows] : units) {
    std::vector<std::string>& lane = lines[place.first];
    lane.insert(lane.end(), rows->begin(), rows->end());
  }
  return lines;
}

}  // namespace weir::simulation
