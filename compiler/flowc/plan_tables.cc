#include "compiler/flowc/plan_tables.h"

#include <algorithm>
#include <filesystem>

#include "runtime/ddl/clickhouse_type.h"

namespace weir::flowc {
namespace {

constexpr size_t kExamples = 3;

bool IsStore(const ConnectorCall& call) { return call.connector == "store"; }

/// Calls `visit(connector, node)` for every sink and view that has a connector.
template <typename Visit>
void ForEachTarget(const plan::LogicalPlan& plan, Visit visit) {
  for (const auto& node : plan.nodes) {
    if (node == nullptr) continue;
    if (node->kind == plan::NodeKind::kSink) {
      visit(static_cast<const plan::SinkNode&>(*node).connector, *node);
    } else if (node->kind == plan::NodeKind::kView) {
      const auto& view = static_cast<const plan::ViewNode&>(*node);
      if (view.connector) visit(*view.connector, *node);
    }
  }
}

/// Bare when it can stand so: easier to read and to quote in a shell.
std::string SqlName(const std::string& name) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain && !(name[0] >= '0' && name[0] <= '9') ? name : ClickhouseName(name);
}

std::string ViewQuery(const plan::ViewNode& view) {
  const bool in_store = view.connector && IsStore(*view.connector);
  const std::string table =
      in_store ? view.connector->options.GetString("table", view.view) : view.view;
  std::string order;
  for (const int column : view.key) {
    order += (order.empty() ? " ORDER BY " : ", ") + SqlName(view.schema->field(column).name);
  }
  return fmt::format("SELECT * FROM {}{} LIMIT 20", SqlName(table), order);
}

}  // namespace

std::vector<std::string> StoreFolders(const plan::LogicalPlan& plan) {
  std::vector<std::string> folders;
  ForEachTarget(plan, [&](const ConnectorCall& call, const plan::LogicalNode&) {
    if (!IsStore(call)) return;
    const std::filesystem::path folder = call.options.GetString("dir");
    std::string path = std::filesystem::absolute(folder).lexically_normal().string();
    if (path.size() > 1 && path.back() == '/') path.pop_back();
    if (std::find(folders.begin(), folders.end(), path) == folders.end()) folders.push_back(path);
  });
  return folders;
}

std::vector<const plan::ViewNode*> MemoryViews(const plan::LogicalPlan& plan) {
  std::vector<const plan::ViewNode*> views;
  for (const auto& node : plan.nodes) {
    if (node == nullptr || node->kind != plan::NodeKind::kView) continue;
    const auto& view = static_cast<const plan::ViewNode&>(*node);
    if (!view.connector || !IsStore(*view.connector)) views.push_back(&view);
  }
  return views;
}

std::vector<std::string> ExampleQueries(const plan::LogicalPlan& plan) {
  std::vector<std::string> queries;
  for (const auto& node : plan.nodes) {
    if (node == nullptr || node->kind != plan::NodeKind::kView) continue;
    queries.push_back(ViewQuery(static_cast<const plan::ViewNode&>(*node)));
  }
  std::vector<std::string> counts;
  ForEachTarget(plan, [&](const ConnectorCall& call, const plan::LogicalNode& node) {
    if (!IsStore(call) || node.kind != plan::NodeKind::kSink) return;
    const auto& sink = static_cast<const plan::SinkNode&>(node);
    const std::string table = call.options.GetString("table", sink.sink);
    counts.push_back(fmt::format("SELECT count() FROM {}", SqlName(table)));
  });
  // A table too, where there is one.
  if (queries.size() >= kExamples && !counts.empty()) queries.resize(kExamples - 1);
  queries.insert(queries.end(), counts.begin(), counts.end());
  if (queries.size() > kExamples) queries.resize(kExamples);
  return queries;
}

std::string QueryCommandLine(const std::string& sql) {
  // Backquotes would start a command within double quotes.
  const bool plain = sql.find_first_of("\"`$\\!") == std::string::npos;
  if (plain) return fmt::format("flowc query \"{}\"", sql);
  std::string quoted;
  for (const char c : sql) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return fmt::format("flowc query '{}'", quoted);
}

}  // namespace weir::flowc
