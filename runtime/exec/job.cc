#include "runtime/exec/job.h"

#include <algorithm>

#include "runtime/base/kill_point.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/connector/source_connector.h"
#include "runtime/exec/table_refresher.h"

namespace weir {

Job::Job() : signals_(std::make_unique<JobSignals>()) {}

Job::~Job() {
  // Tasks refer to connectors, channels and the plan.
  workers_.clear();
}

Status Job::Start() {
  const Micros now = clock().Now();
  for (auto& worker : workers_) WEIR_TRY(worker->Start(now));
  return Status::Ok();
}

Status Job::Close() {
  Status first;
  for (auto& worker : workers_) {
    worker->Close();
    if (first.ok() && worker->context()->failed() && !worker->failed()) {
      first = worker->failure();
    }
  }
  KillPoint::Pass("before-close");
  for (auto& [name, sink] : sinks_) {
    const Status closed = sink->Close();
    if (first.ok() && !closed.ok()) first = closed.WithContext(name);
  }
  KillPoint::Pass("after-close");
  return first;
}

Status Job::Housekeeping(Micros now) {
  for (auto& table : tables_) {
    // A table that can't be read now keeps serving what it has; the next refresh tries again.
    const Status refreshed = table->Refresh(now);
    if (!refreshed.ok() && !refreshed.IsRetryable()) return refreshed;
  }
  return Status::Ok();
}

Status Job::ReloadTables() {
  for (auto& table : tables_) WEIR_TRY(table->Reload(clock().Now()));
  return Status::Ok();
}

NodeAccounts Job::Accounts() const {
  NodeAccounts sum;
  for (const auto& worker : workers_) {
    for (const auto& [node, account] : worker->Accounts()) sum[node].Add(account);
  }
  return sum;
}

std::vector<NamedLedger> Job::LiveLedgers() {
  signals_->publish.fetch_add(1, std::memory_order_relaxed);
  NodeAccounts sum;
  for (const auto& worker : workers_) {
    worker->events()->Notify();
    std::vector<std::pair<int, NodeAccount>> accounts;
    std::vector<SourceView> sources;
    worker->Published(accounts, sources);
    for (const auto& [node, account] : accounts) sum[node].Add(account);
  }
  return NameLedgers(*plan_, sum);
}

std::vector<SourceStatus> Job::LiveSources() {
  std::map<int, SourceStatus> by_node;
  for (const auto& worker : workers_) {
    std::vector<std::pair<int, NodeAccount>> accounts;
    std::vector<SourceView> sources;
    worker->Published(accounts, sources);
    for (const SourceView& view : sources) {
      const auto& node = static_cast<const plan::SourceNode&>(
          *plan_->nodes[static_cast<size_t>(view.node_id)].logical);
      auto [entry, added] = by_node.try_emplace(
          view.node_id, SourceStatus{node.source, view.watermark, view.idle, view.ended});
      SourceStatus& status = entry->second;
      if (added) continue;
      if (!view.idle && !view.ended) status.watermark = std::min(status.watermark, view.watermark);
      status.idle = status.idle && view.idle;
      status.ended = status.ended && view.ended;
    }
  }
  std::vector<SourceStatus> all;
  for (auto& [node, status] : by_node) all.push_back(std::move(status));
  return all;
}

std::shared_ptr<ViewRows> Job::view_rows(const std::string& view) const {
  for (const auto& [name, rows] : views_) {
    if (name == view) return rows;
  }
  return nullptr;
}

std::vector<std::string> Job::view_names() const {
  std::vector<std::string> names;
  for (const auto& [name, rows] : views_) names.push_back(name);
  return names;
}

}  // namespace weir
