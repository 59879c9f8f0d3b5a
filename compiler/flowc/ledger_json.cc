#include "compiler/flowc/ledger_json.h"

#include <cstdint>
#include <map>
#include <string>

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

Json CountsJson(const std::map<std::string, int64_t, std::less<>>& counts) {
  Json json = Json::object();
  for (const auto& [reason, count] : counts) json[reason] = count;
  return json;
}

}  // namespace

Json LedgerJson(const Ledger& ledger) {
  Json json = {{"rows_in", ledger.rows_in},
               {"passed", ledger.passed},
               {"absorbed", ledger.absorbed},
               {"discarded", CountsJson(ledger.discarded)},
               {"dead_lettered", CountsJson(ledger.dead_lettered)},
               {"late", ledger.late},
               {"pending", ledger.pending},
               {"rows_out", ledger.rows_out},
               {"produced", CountsJson(ledger.produced)},
               {"routed", ledger.routed},
               {"partly_late", ledger.partly_late},
               {"muted", ledger.muted},
               {"failed_results", CountsJson(ledger.failed_results)},
               {"gauges", CountsJson(ledger.gauges)}};
  if (ledger.records_read > 0) {
    json["records_read"] = ledger.records_read;
    json["bytes_read"] = ledger.bytes_read;
  }
  return json;
}

}  // namespace weir::flowc
