#include "runtime/exec/ledger_report.h"

#include <fmt/format.h>

#include <numeric>

namespace weir {
namespace {

int64_t Sum(const std::vector<int64_t>& values) {
  return std::accumulate(values.begin(), values.end(), int64_t{0});
}

std::string CheckNode(const plan::PhysicalNode& node, const NodeAccount& account) {
  const std::string& name = node.logical->name;
  const Ledger& ledger = account.ledger;
  if (std::string violated = ledger.Check(); !violated.empty()) {
    return fmt::format("{}: {}", name, violated);
  }
  const bool is_source = node.logical->kind == plan::NodeKind::kSource;
  if (!is_source && ledger.rows_in != Sum(account.rows_in)) {
    return fmt::format("{}: counted {} rows in, was handed {}", name, ledger.rows_in,
                       Sum(account.rows_in));
  }
  if (account.rows_out.empty()) return "";
  if (node.logical->kind == plan::NodeKind::kRoute) {
    // Its arms are ports, and rows that take one have passed.
    if (ledger.rows_out + ledger.routed == Sum(account.rows_out)) return "";
    return fmt::format("{}: counted {} rows out and {} routed, emitted {}", name, ledger.rows_out,
                       ledger.routed, Sum(account.rows_out));
  }
  // Not port by port: arms of `route` and `emit … -> stream` leave by ports of their own, as rows
  // out like those of port 0.
  const int64_t emitted = Sum(account.rows_out);
  if (node.logical->schema != nullptr && ledger.rows_out + ledger.routed != emitted) {
    return fmt::format("{}: counted {} rows out and {} routed, emitted {}", name, ledger.rows_out,
                       ledger.routed, emitted);
  }
  if (node.logical->schema == nullptr && ledger.routed != emitted - account.rows_out[0]) {
    return fmt::format("{}: counted {} rows routed, emitted {} on its routes", name, ledger.routed,
                       emitted - account.rows_out[0]);
  }
  return "";
}

std::string CheckEdges(const plan::PhysicalPlan& plan, const plan::PhysicalNode& node,
                       const NodeAccount& account, const NodeAccounts& accounts) {
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const plan::PhysicalInput& input = node.inputs[i];
    const auto producer = accounts.find(input.node);
    if (producer == accounts.end()) continue;
    const auto port = static_cast<size_t>(input.port);
    const auto& rows_out = producer->second.rows_out;
    const int64_t sent = port < rows_out.size() ? rows_out[port] : 0;
    const int64_t received = i < account.rows_in.size() ? account.rows_in[i] : 0;
    if (sent == received) continue;
    return fmt::format("edge {}[{}] -> {}: {} rows sent, {} received",
                       plan.nodes[static_cast<size_t>(input.node)].logical->name, input.port,
                       node.logical->name, sent, received);
  }
  return "";
}

}  // namespace

std::vector<std::string> AccountNames(const plan::PhysicalPlan& plan) {
  std::map<std::string, int> seen;
  std::vector<std::string> names;
  for (const plan::PhysicalNode& node : plan.nodes) {
    std::string name = node.logical->name;
    if (node.is_partial) name += "/partial";
    const int count = ++seen[name];
    names.push_back(count == 1 ? name : fmt::format("{}#{}", name, count));
  }
  return names;
}

std::string CheckAccounts(const plan::PhysicalPlan& plan, const NodeAccounts& accounts) {
  for (const plan::PhysicalNode& node : plan.nodes) {
    const auto found = accounts.find(node.id);
    if (found == accounts.end()) continue;
    std::string violated = CheckNode(node, found->second);
    if (violated.empty()) violated = CheckEdges(plan, node, found->second, accounts);
    if (!violated.empty()) return violated;
  }
  return "";
}

std::vector<NamedLedger> NameLedgers(const plan::PhysicalPlan& plan, const NodeAccounts& accounts) {
  std::vector<NamedLedger> ledgers;
  const std::vector<std::string> names = AccountNames(plan);
  for (const plan::PhysicalNode& node : plan.nodes) {
    const auto found = accounts.find(node.id);
    if (found == accounts.end()) continue;
    const plan::LogicalNode& logical = *node.logical;
    ledgers.push_back({names[static_cast<size_t>(node.id)],
                       std::string(plan::NodeKindName(logical.kind)), logical.stream,
                       found->second.ledger});
  }
  return ledgers;
}

}  // namespace weir
