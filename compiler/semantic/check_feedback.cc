#include "compiler/semantic/check_feedback.h"

#include <fnmatch.h>

#include <algorithm>
#include <vector>

#include "compiler/plan/sink_node.h"

namespace weir::semantic {
namespace {

/// A source or table with the places it reads.
struct Reader {
  const char* word;
  const std::string& name;
  const ConnectorCall& connector;
  Span span;
  plan::NodeId node;  ///< -1: a table
  ReadPlaces places;
};

struct Writer {
  const char* word;
  const std::string& name;
  const ConnectorCall& connector;
  Span span;
  plan::NodeId node;
  std::string place;
};

bool Reads(const ReadPlaces& places, const std::string& place) {
  const auto& exact = places.exact;
  if (std::find(exact.begin(), exact.end(), place) != exact.end()) return true;
  return std::any_of(places.patterns.begin(), places.patterns.end(), [&](const auto& pattern) {
    return ::fnmatch(pattern.c_str(), place.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
  });
}

/// The options that say where: `path: "a.jsonl"`.
std::string PlaceText(const ConnectorCall& call) {
  std::string text;
  for (const auto& [name, value] : call.options.entries()) {
    if (name != "path" && name != "dir" && name != "topic" && name != "table") continue;
    text += (text.empty() ? "" : ", ") + name + ": " + value.ToString();
  }
  return "`" + call.connector + "(" + text + ")`";
}

class FeedbackCheck {
 public:
  explicit FeedbackCheck(FlowContext& shared)
      : shared_(shared), connectors_(shared.catalog.options().connectors) {}

  void Run() {
    if (connectors_ == nullptr) return;
    FindReaders();
    FindWriters();
    for (const Writer& writer : writers_) {
      for (const Reader& reader : readers_) {
        if (reader.connector.connector == writer.connector.connector &&
            Reads(reader.places, writer.place)) {
          Meet(reader, writer);
        }
      }
    }
    for (const auto& [reader, writer] : topics_) {
      if (Reaches(reader->node, writer->node)) ReportLoop(*reader, *writer);
    }
  }

 private:
  void FindReaders() {
    for (size_t id = 0; id < shared_.plan.nodes.size(); ++id) {
      const auto& node = shared_.plan.nodes[id];
      if (node == nullptr || node->kind != plan::NodeKind::kSource) continue;
      const auto& source = static_cast<const plan::SourceNode&>(*node);
      const ConnectorSpec* spec = connectors_->Find(source.connector.connector);
      if (spec == nullptr || !spec->source || !spec->source->reads) continue;
      readers_.push_back({"source", source.source, source.connector, source.span,
                          static_cast<plan::NodeId>(id),
                          spec->source->reads(source.connector.options, source.source)});
    }
    for (const plan::TableSpec& table : shared_.plan.tables) {
      const ConnectorSpec* spec = connectors_->Find(table.connector.connector);
      if (spec == nullptr || !spec->table || !spec->table->reads) continue;
      readers_.push_back({"table", table.name, table.connector, table.span, -1,
                          spec->table->reads(table.connector.options, table.name)});
    }
  }

  void AddWriter(const char* word, const std::string& name, const ConnectorCall& connector,
                 const std::string& format, const plan::LogicalNode& node, size_t id) {
    const ConnectorSpec* spec = connectors_->Find(connector.connector);
    if (spec == nullptr || !spec->sink || !spec->sink->writes) return;
    std::string place = spec->sink->writes(connector.options, name, format);
    if (place.empty()) return;
    writers_.push_back(
        {word, name, connector, node.span, static_cast<plan::NodeId>(id), std::move(place)});
  }

  void FindWriters() {
    for (size_t id = 0; id < shared_.plan.nodes.size(); ++id) {
      const auto& node = shared_.plan.nodes[id];
      if (node == nullptr) continue;
      if (node->kind == plan::NodeKind::kSink) {
        const auto& sink = static_cast<const plan::SinkNode&>(*node);
        AddWriter("sink", sink.sink, sink.connector, sink.format, sink, id);
      } else if (node->kind == plan::NodeKind::kView) {
        const auto& view = static_cast<const plan::ViewNode&>(*node);
        if (view.connector) AddWriter("view", view.view, *view.connector, "json", view, id);
      }
    }
  }

  void Meet(const Reader& reader, const Writer& writer) {
    if (connectors_->Find(reader.connector.connector)->shares_places) {
      if (reader.node >= 0) topics_.emplace_back(&reader, &writer);
      return;
    }
    shared_.diagnostics.Report(Code::kF0513, writer.span)
        .Arg(writer.word)
        .Arg(writer.name)
        .Arg(reader.word)
        .Arg(reader.name)
        .Here("writes " + PlaceText(writer.connector))
        .Label(reader.span, "reads " + PlaceText(reader.connector))
        .Note("a run would replace its own input, or read what it has just written")
        .Help("give `" + writer.name + "` a path that `" + reader.name + "` does not read");
  }

  /// Whether rows of `from` get to `to`, also through topics.
  bool Reaches(plan::NodeId from, plan::NodeId to) {
    if (readers_of_.empty()) readers_of_ = shared_.plan.Readers();
    std::vector<bool> seen(readers_of_.size(), false);
    std::vector<plan::NodeId> open = {from};
    while (!open.empty()) {
      const plan::NodeId at = open.back();
      open.pop_back();
      if (at == to) return true;
      if (seen[static_cast<size_t>(at)]) continue;
      seen[static_cast<size_t>(at)] = true;
      for (const auto& [next, input] : readers_of_[static_cast<size_t>(at)]) open.push_back(next);
      for (const auto& [reader, writer] : topics_) {
        if (writer->node == at) open.push_back(reader->node);
      }
    }
    return false;
  }

  void ReportLoop(const Reader& reader, const Writer& writer) {
    shared_.diagnostics.Report(Code::kW0151, writer.span)
        .Arg(writer.name)
        .Arg(reader.name)
        .Here("writes " + PlaceText(writer.connector))
        .Label(reader.span, "reads " + PlaceText(reader.connector))
        .Note("each row may come round again and make more")
        .Help("another topic, or a `where` that lets a row pass only once");
  }

  FlowContext& shared_;
  const ConnectorRegistry* connectors_;
  std::vector<Reader> readers_;
  std::vector<Writer> writers_;
  std::vector<std::pair<const Reader*, const Writer*>> topics_;
  std::vector<std::vector<std::pair<plan::NodeId, int>>> readers_of_;
};

}  // namespace

void CheckFeedback(FlowContext& shared) { FeedbackCheck(shared).Run(); }

}  // namespace weir::semantic
