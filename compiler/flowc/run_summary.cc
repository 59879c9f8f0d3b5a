#include "compiler/flowc/run_summary.h"

#include <nlohmann/json.hpp>

#include "compiler/flowc/ledger_json.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

/// Reasons may quote bytes of the input: those that are no UTF-8 are replaced.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string RunSummary::ToJson() const {
  Json json = {{"pipeline", pipeline},
               {"profile", profile},
               {"workers", workers},
               {"events", events},
               {"earlier_events", earlier_events},
               {"seconds", seconds},
               {"cpu_seconds", usage.cpu_seconds()},
               {"user_seconds", usage.user_seconds},
               {"system_seconds", usage.system_seconds},
               {"peak_rss_bytes", usage.peak_rss_bytes},
               {"checkpoints", checkpoints},
               {"failed_checkpoints", failed_checkpoints}};
  if (!pauses.empty()) {
    const auto share = [this](size_t percent) {
      return static_cast<double>(pauses[(pauses.size() - 1) * percent / 100]) / 1000;
    };
    json["barrier_pause_ms"] = {{"median", share(50)}, {"p99", share(99)}, {"largest", share(100)}};
  }
  if (!error.empty()) json["error"] = error;
  Json all = Json::object();
  for (const NamedLedger& named : operators) {
    Json entry = LedgerJson(named.ledger);
    entry["kind"] = named.kind;
    entry["stream"] = named.stream;
    all[named.name] = std::move(entry);
  }
  json["operators"] = std::move(all);
  return Dump(json);
}

}  // namespace weir::flowc
