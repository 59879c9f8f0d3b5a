#include <fmt/format.h>

#include "compiler/ast/dump.h"
#include "compiler/ast/dump_text.h"

namespace weir::ast {
namespace dump {
namespace {

std::string Params(const std::vector<FnParam>& params) {
  std::string out;
  for (const FnParam& param : params) {
    out += fmt::format(" [{}: {} = {}]", Text(param.name), Text(param.type),
                       Text(param.default_value));
  }
  return out;
}

std::string UseText(const UseDecl& use) {
  return fmt::format(" {} {} .{{{}}} as {}", use.module.Joined(), Text(use.path), Text(use.names),
                     Text(use.alias));
}

std::string ProfileText(const ProfileDecl& profile) {
  std::string out =
      fmt::format(" default={} extends {}\n", profile.is_default, Text(profile.extends));
  out += "  " + Text(profile.params);
  for (const ProfileReplace& replace : profile.replaces) {
    out += "\n  replace " + Text(replace.kind) + ' ' + Text(replace.connector);
  }
  static constexpr const char* kWords[] = {"source", "table", "sink"};
  for (const ProfileBinding& binding : profile.bindings) {
    out += fmt::format("\n  {} {} {}", kWords[static_cast<int>(binding.target)], Text(binding.name),
                       Text(binding.connector));
  }
  return out;
}

std::string SchemaText(const SchemaDecl& schema) {
  std::string out = fmt::format(" extends {}{} body={}", Text(schema.extends),
                                Clause("import", schema.import), schema.has_body);
  for (const FieldDecl& field : schema.fields) {
    out += "\n  " + Text(field);
    if (!field.doc.empty()) out += " doc " + Quote(field.doc.text);
  }
  static constexpr const char* kWords[] = {"ignore", "reject", "into"};
  if (schema.extra) {
    out += fmt::format("\n  ... {} {}", kWords[static_cast<int>(schema.extra->kind)],
                       Text(schema.extra->into));
  }
  return out;
}

std::string TimeText(const TimeClause& time) {
  static constexpr const char* kWords[] = {"lag", "ascending", "none"};
  return fmt::format("{} {} {} idle {} {}", Text(time.time),
                     kWords[static_cast<int>(time.watermark)], Text(time.lag), Text(time.idle),
                     time.advance);
}

std::string SourceText(const SourceDecl& source) {
  std::string out = ' ' + Text(source.type) + Clause("from", source.from) +
                    Clause("format", source.format) + Clause("key", source.key);
  if (source.time) out += " (time " + TimeText(*source.time) + ')';
  if (source.rate)
    out += fmt::format(" (rate {} {})", Text(source.rate->low), Text(source.rate->high));
  return out + Clause("future", source.future) + Clause("error", source.on_error);
}

std::string TableText(const TableDecl& table) {
  std::string out = ' ' + Text(table.type) + Clause("from", table.from) +
                    Clause("format", table.format) + Clause("key", table.key);
  if (table.cache) {
    out += fmt::format(" (cache {} {} {})", Text(table.cache->rows), Text(table.cache->ttl),
                       Text(table.cache->negative));
  }
  out += Clause("refresh", table.refresh);
  if (table.warm) out += " (warm)";
  if (table.where) out += " (where " + Text(table.where->expr) + ')';
  if (table.versioned) {
    out +=
        fmt::format(" (versioned {} {})", Text(table.versioned->by), Text(table.versioned->retain));
  }
  return out;
}

std::string SinkText(const SinkDecl& sink) {
  std::string out = ' ' + Text(sink.type) + Clause("to", sink.to) + Clause("format", sink.format) +
                    Clause("key", sink.key);
  if (sink.batch) {
    out += " (batch";
    for (const ExprPtr& limit : sink.batch->limits) out += ' ' + Text(limit);
    out += fmt::format(" {} {})", sink.batch->rows_word, sink.batch->checkpoint);
  }
  if (sink.retry) {
    out += fmt::format(" (retry {} {} {})", Text(sink.retry->attempts),
                       Text(sink.retry->backoff_low), Text(sink.retry->backoff_high));
  }
  if (sink.delivery) out += " (delivery " + Text(sink.delivery->mode) + ')';
  out += Clause("pii", sink.pii);
  if (sink.columns) out += " (columns " + Text(sink.columns->columns) + ')';
  return out + Clause("error", sink.on_error);
}

std::string AlertText(const AlertDecl& alert) {
  return fmt::format(" when {} for {} severity {} notify {} message {}", Text(alert.when),
                     Text(alert.for_duration), Text(alert.severity), Text(alert.notify),
                     Text(alert.message));
}

std::string StepText(const TestStep& step) {
  switch (step.kind) {
    case TestStepKind::kLet: {
      const auto& let = step.As<LetStep>();
      return "let " + Text(let.name) + " = " + Text(let.value);
    }
    case TestStepKind::kGiven: {
      const auto& given = step.As<GivenStep>();
      return "given " + Text(given.source) + " at " + Text(given.at) + ' ' + Text(given.rows);
    }
    case TestStepKind::kAdvance: {
      const auto& advance = step.As<AdvanceStep>();
      return "advance to " + Text(advance.to) + " by " + Text(advance.by);
    }
    case TestStepKind::kRestart: return "restart";
    case TestStepKind::kExpectThat:
      return "expect that " + Text(step.As<ExpectThatStep>().condition);
    case TestStepKind::kExpectRows: break;
  }
  static constexpr const char* kWords[] = {"", "exactly", "contains", "in order", "empty", "rows"};
  const auto& expect = step.As<ExpectRowsStep>();
  return fmt::format("expect {} where {} {} {} {}", Text(expect.stream), Text(expect.where),
                     kWords[static_cast<int>(expect.expectation)],
                     expect.rows == nullptr ? "-" : Dump(*expect.rows), expect.count);
}

std::string TestText(const TestDecl& test) {
  std::string out = ' ' + Quote(test.title.text) + " profile " + Text(test.profile);
  for (const TestStepPtr& step : test.steps) out += "\n  " + StepText(*step);
  return out;
}

std::string PipelineText(const Pipeline& pipeline) {
  std::string out = "\n";
  Append(pipeline, 2, out);
  out.pop_back();
  return out;
}

std::string TemplateText(const TemplateDecl& decl) {
  std::string out = Params(decl.params) + " on " + Text(decl.on);
  for (const StagePtr& stage : decl.stages) out += "\n  |> " + Text(*stage);
  return out;
}

std::string ViewText(const ViewDecl& view) {
  return " key " + Text(view.key) + Clause("retain", view.retain) + Clause("to", view.to) +
         PipelineText(view.body);
}

std::string Body(const Item& item) {
  switch (item.kind) {
    case ItemKind::kUse: return UseText(item.As<UseDecl>());
    case ItemKind::kParam: {
      const auto& param = item.As<ParamDecl>();
      return fmt::format(" {} = {} where {}", Text(param.type), Text(param.default_value),
                         Text(param.where));
    }
    case ItemKind::kSecret: return ' ' + Text(item.As<SecretDecl>().value);
    case ItemKind::kProfile: return ProfileText(item.As<ProfileDecl>());
    case ItemKind::kType: {
      const auto& type = item.As<TypeDecl>();
      return ' ' + Text(type.type) + " where " + Text(type.where);
    }
    case ItemKind::kSchema: return SchemaText(item.As<SchemaDecl>());
    case ItemKind::kFunction: {
      const auto& fn = item.As<FunctionDecl>();
      return Params(fn.params) + " -> " + Text(fn.result) + " = " + Text(fn.body);
    }
    case ItemKind::kTemplate: return TemplateText(item.As<TemplateDecl>());
    case ItemKind::kSource: return SourceText(item.As<SourceDecl>());
    case ItemKind::kTable: return TableText(item.As<TableDecl>());
    case ItemKind::kSink: return SinkText(item.As<SinkDecl>());
    case ItemKind::kStream: {
      const auto& stream = item.As<StreamDecl>();
      return ' ' + Text(stream.type) + (stream.body ? PipelineText(*stream.body) : "");
    }
    case ItemKind::kView: return ViewText(item.As<ViewDecl>());
    case ItemKind::kFlow: return PipelineText(item.As<FlowDecl>().pipeline);
    case ItemKind::kAlert: return AlertText(item.As<AlertDecl>());
    case ItemKind::kSlo: {
      const auto& slo = item.As<SloDecl>();
      return fmt::format(" when {} objective {} over {} notify {}", Text(slo.when),
                         Text(slo.objective), Text(slo.over), Text(slo.notify));
    }
    case ItemKind::kFixture: {
      const auto& fixture = item.As<FixtureDecl>();
      return ' ' + Text(fixture.type) + " = " + Text(fixture.value);
    }
    case ItemKind::kTest: return TestText(item.As<TestDecl>());
  }
  return {};
}

std::string HeadText(const ModuleHead& head) {
  std::string out = fmt::format("{} {}{} body={}", head.is_module ? "module" : "pipeline",
                                head.name.Joined(), Text(head.annotations), head.has_body);
  out += "\n  " + Text(head.settings);
  if (head.errors) out += "\n  errors " + Text(*head.errors);
  if (!head.doc.empty()) out += "\n  doc " + Quote(head.doc.text);
  return out + '\n';
}

}  // namespace
}  // namespace dump

std::string Dump(const File& file) {
  std::string out;
  if (file.head) out += dump::HeadText(*file.head);
  for (const ItemPtr& item : file.items) {
    if (!item->doc.empty()) out += "doc " + dump::Quote(item->doc.text) + '\n';
    out += ItemWord(item->kind) + std::string(" ") + dump::Text(item->name) +
           dump::Text(item->annotations) + dump::Body(*item) + '\n';
  }
  return out;
}

}  // namespace weir::ast
