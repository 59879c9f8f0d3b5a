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

/// Names of the stages' books, by node; a partial has none of its own.
std::vector<std::string> AccountNames(const plan::PhysicalPlan& plan) {
  std::map<std::string, int> seen;
  std::vector<std::string> names;
  for (const plan::PhysicalNode& node : plan.nodes) {
    const std::string& name = node.logical->name;
    const int count = node.is_partial ? 0 : ++seen[name];
    names.push_back(node.is_partial ? "" : count == 1 ? name : fmt::format("{}#{}", name, count));
  }
  return names;
}

/// The account of `node` as if its physical inputs were the logical ones.
NodeAccount WithLogicalInputs(const plan::PhysicalNode& node, const NodeAccount& account) {
  NodeAccount joined = account;
  joined.rows_in.clear();
  for (size_t i = 0; i < account.rows_in.size(); ++i) {
    const auto at = i < node.inputs.size() ? static_cast<size_t>(node.inputs[i].logical_input) : i;
    if (joined.rows_in.size() <= at) joined.rows_in.resize(at + 1, 0);
    joined.rows_in[at] += account.rows_in[i];
  }
  return joined;
}

/// Adds to a stage's second half what the first one has counted; what went from one to the other
/// doesn't count.
void JoinPartial(const NodeAccount& partial, NodeAccount& account) {
  account.ledger.rows_in = account.ledger.absorbed = 0;
  account.rows_in = partial.rows_in;
  NodeAccount first = partial;
  first.rows_in.clear();
  if (!first.rows_out.empty()) first.rows_out[0] = 0;
  first.ledger.rows_out = 0;
  first.ledger.produced.clear();
  account.Add(first);
}

/// Takes the first half's part out of a stage's account and returns it.
NodeAccount TakePartial(NodeAccount& account) {
  NodeAccount partial = account;
  if (!partial.rows_out.empty()) partial.rows_out[0] = 0;
  partial.ledger.rows_out = 0;
  partial.ledger.produced.clear();
  NodeAccount second;
  second.rows_in = {0};
  second.rows_out.assign(account.rows_out.size(), 0);
  if (!second.rows_out.empty()) second.rows_out[0] = account.rows_out[0];
  second.ledger.rows_out = account.ledger.rows_out;
  second.ledger.produced = account.ledger.produced;
  account = std::move(second);
  return partial;
}

/// Rows of a logical input that has two physical ones: TakePartial gave all rows on routes to the
/// first half, so they came from there.
NodeAccount WithPhysicalInputs(const plan::PhysicalNode& node, const NodeAccount& account) {
  NodeAccount split = account;
  split.rows_in.assign(node.inputs.size(), 0);
  for (size_t logical = 0; logical < account.rows_in.size(); ++logical) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i].logical_input != static_cast<int>(logical)) continue;
      split.rows_in[i] = account.rows_in[logical];
      break;
    }
  }
  return split;
}

const NodeAccount* Find(const NodeAccounts& accounts, int node) {
  const auto found = accounts.find(node);
  return found == accounts.end() ? nullptr : &found->second;
}

}  // namespace

NamedAccounts JoinAccounts(const plan::PhysicalPlan& plan, const NodeAccounts& accounts) {
  NamedAccounts named;
  const std::vector<std::string> names = AccountNames(plan);
  for (const plan::PhysicalNode& node : plan.nodes) {
    const NodeAccount* account = Find(accounts, node.id);
    if (account == nullptr || node.is_partial) continue;
    NodeAccount joined = WithLogicalInputs(node, *account);
    const NodeAccount* partial = node.partial < 0 ? nullptr : Find(accounts, node.partial);
    if (partial != nullptr) {
      const plan::PhysicalNode& first = plan.nodes[static_cast<size_t>(node.partial)];
      JoinPartial(WithLogicalInputs(first, *partial), joined);
    }
    named[names[static_cast<size_t>(node.id)]] = std::move(joined);
  }
  return named;
}

NodeAccounts SplitAccounts(const plan::PhysicalPlan& plan, const NamedAccounts& accounts) {
  NodeAccounts split;
  const std::vector<std::string> names = AccountNames(plan);
  for (const plan::PhysicalNode& node : plan.nodes) {
    const auto found = accounts.find(names[static_cast<size_t>(node.id)]);
    if (node.is_partial || found == accounts.end()) continue;
    NodeAccount account = found->second;
    if (node.partial >= 0) {
      const plan::PhysicalNode& first = plan.nodes[static_cast<size_t>(node.partial)];
      split[node.partial] = WithPhysicalInputs(first, TakePartial(account));
    }
    split[node.id] = WithPhysicalInputs(node, account);
  }
  return split;
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
  const NamedAccounts joined = JoinAccounts(plan, accounts);
  for (const plan::PhysicalNode& node : plan.nodes) {
    const auto found = joined.find(names[static_cast<size_t>(node.id)]);
    if (node.is_partial || found == joined.end()) continue;
    const plan::LogicalNode& logical = *node.logical;
    ledgers.push_back({found->first, std::string(plan::NodeKindName(logical.kind)), logical.stream,
                       found->second.ledger});
  }
  return ledgers;
}

}  // namespace weir
