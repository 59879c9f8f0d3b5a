#include "runtime/exec/test_metrics.h"

namespace weir {
namespace {

/// The number of rows of one reason or kind: `discarded.duplicate`.
Result<int64_t> Counter(const std::map<std::string, int64_t, std::less<>>& counts,
                        const std::string& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? int64_t{0} : found->second;
}

}  // namespace

Result<int64_t> LedgerField(const Ledger& ledger, const std::string& field) {
  const size_t dot = field.find('.');
  if (dot != std::string::npos) {
    const std::string group = field.substr(0, dot);
    const std::string key = field.substr(dot + 1);
    if (group == "discarded") return Counter(ledger.discarded, key);
    if (group == "dead_lettered") return Counter(ledger.dead_lettered, key);
    if (group == "produced") return Counter(ledger.produced, key);
    if (group == "failed_results") return Counter(ledger.failed_results, key);
    if (group == "gauges") return Counter(ledger.gauges, key);
  }
  if (field == "rows" || field == "rows_in") return ledger.rows_in;
  if (field == "rows_out") return ledger.rows_out;
  if (field == "passed") return ledger.passed;
  if (field == "absorbed") return ledger.absorbed;
  if (field == "discarded") return ledger.TotalDiscarded();
  if (field == "dead_lettered") return ledger.TotalDeadLettered();
  if (field == "late") return ledger.late;
  if (field == "partly_late") return ledger.partly_late;
  if (field == "muted") return ledger.muted;
  if (field == "pending") return ledger.pending;
  if (field == "produced") return ledger.TotalProduced();
  if (field == "routed") return ledger.routed;
  if (field == "records" || field == "records_read") return ledger.records_read;
  const auto gauge = ledger.gauges.find(field);
  if (gauge != ledger.gauges.end()) return gauge->second;
  return NotFoundError("a ledger has no {}", field);
}

Result<int64_t> TestMetric(const TestJob& job, const plan::MetricRef& metric) {
  if (metric.is_stream && metric.metric == "rows" && job.StreamSchema(metric.node) != nullptr) {
    return job.capture().num_rows(metric.node);
  }
  for (const NamedLedger& named : job.Ledgers()) {
    const bool same = named.name == metric.node ||
                      (metric.is_stream && named.stream == metric.node &&
                       (named.kind == "sink" || named.kind == "source" || named.kind == "view"));
    if (same) return LedgerField(named.ledger, metric.metric);
  }
  return NotFoundError("there is no ledger of {}", metric.node);
}

}  // namespace weir
