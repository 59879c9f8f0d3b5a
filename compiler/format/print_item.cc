#include <algorithm>
#include <string>
#include <utility>

#include "compiler/format/printer.h"
#include "compiler/source/utf8.h"

namespace weir::format {
namespace {

/// Types beyond this may need several lines; they are not aligned with others.
constexpr size_t kWidestAligned = 70;

}  // namespace

Doc Printer::File(const ast::File& file) {
  std::vector<Entry> entries;
  if (file.head) {
    entries.push_back({file.head->span, [this, &file] { return Head(*file.head); }});
  }
  AlignItems(file.items);
  for (size_t i = 0; i < file.items.size(); ++i) {
    const ast::Item& item = *file.items[i];
    entries.push_back({item.span, [this, &item, i] {
                         item_width_ = item_widths_[i];
                         return Item(item);
                       }});
  }
  std::vector<Doc> parts;
  const bool any = !entries.empty();
  parts.push_back(Lines(std::move(entries)));
  const auto end = static_cast<uint32_t>(source_.text().size());
  if (comments_.Within(0, end + 1)) {
    if (any) {
      parts.push_back(HardLine());
      if (comments_.BlankBefore(comments_.FirstBefore(end + 1))) parts.push_back(HardLine());
    }
    parts.push_back(comments_.Rest(end + 1));
  }
  return Concat(std::move(parts));
}

void Printer::AlignItems(const std::vector<ast::ItemPtr>& items) {
  item_widths_.assign(items.size(), 0);
  auto joins = [&](size_t i) {
    if (i == 0 || items[i]->kind != items[i - 1]->kind) return false;
    if (!items[i]->annotations.empty() || !items[i - 1]->annotations.empty()) return false;
    if (HeadText(*items[i]).empty() || HeadText(*items[i - 1]).empty()) return false;
    // Only those that stand on lines right below each other.
    const Span between{items[i]->span.file, items[i - 1]->span.end, items[i]->span.begin};
    // A comment behind the first of the two is fine, one inside it will move in between.
    if (comments_.Within(items[i - 1]->span.begin, items[i - 1]->span.end)) return false;
    const uint32_t before = source_.lines().LineOf(between.begin);
    return source_.lines().LineOf(between.end) <= before + 1 &&
           Raw(between).find("/*") == std::string::npos;
  };
  for (size_t begin = 0; begin < items.size();) {
    size_t end = begin + 1;
    size_t width = CountCodePoints(HeadText(*items[begin]));
    for (; end < items.size() && joins(end); ++end) {
      width = std::max(width, CountCodePoints(HeadText(*items[end])));
    }
    if (end > begin + 1)
      std::fill(item_widths_.begin() + static_cast<std::ptrdiff_t>(begin),
                item_widths_.begin() + static_cast<std::ptrdiff_t>(end), width);
    begin = end;
  }
}

/// What stands before `=` in declarations that are aligned in runs; empty for all others.
std::string Printer::HeadText(const ast::Item& item) {
  const std::string head = std::string(ast::ItemWord(item.kind)) + " " + Raw(item.name.span);
  switch (item.kind) {
    case ast::ItemKind::kParam: {
      const auto& param = item.As<ast::ParamDecl>();
      if (param.default_value == nullptr) return {};
      if (param.type == nullptr) return head;
      if (param.type->kind != ast::TypeRefKind::kNamed) return {};
      return head + ": " + Flat([&] { return Type(param.type); });
    }
    case ast::ItemKind::kType:
      return IsOneLine(*item.As<ast::TypeDecl>().type) ? head : std::string();
    case ast::ItemKind::kSecret: return head;
    default: return {};
  }
}

bool Printer::IsOneLine(const ast::TypeRef& type) {
  if (type.kind == ast::TypeRefKind::kStruct) return false;
  if (comments_.Within(type.span.begin, type.span.end)) return false;
  return Flat([&] { return Type(type); }).size() < kWidestAligned;
}

Doc Printer::Head(const ast::ModuleHead& head) {
  std::vector<Doc> parts;
  for (const ast::Annotation& annotation : head.annotations) {
    parts.push_back(Text("@" + Raw(annotation.name.span)));
    if (annotation.args) parts.push_back(Args(*annotation.args));
    parts.push_back(HardLine());
  }
  parts.push_back(Text(head.is_module ? "module " : "pipeline "));
  parts.push_back(Text(Raw(head.name.span)));
  if (!head.has_body) return Concat(std::move(parts));
  std::vector<Entry> entries = AssignmentEntries(head.settings);
  if (head.errors) {
    entries.push_back({head.errors_span, [this, &head] {
                         return Concat({Text("errors "), Route(*head.errors)});
                       }});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.span.begin < b.span.begin; });
  parts.push_back(Text(" "));
  parts.push_back(BraceBlock(std::move(entries), head.span));
  return Concat(std::move(parts));
}

Doc Printer::Item(const ast::Item& item) {
  std::vector<Doc> parts;
  for (const ast::Annotation& annotation : item.annotations) {
    parts.push_back(Text("@" + Raw(annotation.name.span)));
    if (annotation.args) parts.push_back(Args(*annotation.args));
    parts.push_back(HardLine());
    parts.push_back(comments_.Before(item.keyword.begin));
  }
  parts.push_back(ItemBody(item));
  return Concat(std::move(parts));
}

Doc Printer::ItemBody(const ast::Item& item) {
  switch (item.kind) {
    case ast::ItemKind::kUse: return Use(item.As<ast::UseDecl>());
    case ast::ItemKind::kParam: return Param(item.As<ast::ParamDecl>());
    case ast::ItemKind::kSecret: {
      const std::string head = "secret " + Raw(item.name.span);
      return Concat({Text(PaddedHead(head) + " = "), CallOnly(item.As<ast::SecretDecl>().value)});
    }
    case ast::ItemKind::kProfile: return Profile(item.As<ast::ProfileDecl>());
    case ast::ItemKind::kType: {
      const auto& type = item.As<ast::TypeDecl>();
      const std::string head = "type " + Raw(item.name.span);
      std::vector<Doc> parts{Text(PaddedHead(head) + " = "), Type(type.type)};
      if (type.where != nullptr) {
        parts.push_back(Text(" where "));
        parts.push_back(Expr(type.where));
      }
      return Concat(std::move(parts));
    }
    case ast::ItemKind::kSchema: return Schema(item.As<ast::SchemaDecl>());
    case ast::ItemKind::kFunction: return Function(item.As<ast::FunctionDecl>());
    case ast::ItemKind::kTemplate: return Template(item.As<ast::TemplateDecl>());
    case ast::ItemKind::kSource: return Source(item.As<ast::SourceDecl>());
    case ast::ItemKind::kTable: return Table(item.As<ast::TableDecl>());
    case ast::ItemKind::kSink: return Sink(item.As<ast::SinkDecl>());
    case ast::ItemKind::kStream: return Stream(item.As<ast::StreamDecl>());
    case ast::ItemKind::kView: return View(item.As<ast::ViewDecl>());
    case ast::ItemKind::kFlow: return Group(Pipeline(item.As<ast::FlowDecl>().pipeline, 2));
    case ast::ItemKind::kAlert: return Alert(item.As<ast::AlertDecl>());
    case ast::ItemKind::kSlo: return Slo(item.As<ast::SloDecl>());
    case ast::ItemKind::kFixture: {
      const auto& fixture = item.As<ast::FixtureDecl>();
      return Concat({Text("fixture "), Name(fixture.name), Text(": "), Type(fixture.type),
                     Text(" = "), Expr(fixture.value)});
    }
    case ast::ItemKind::kTest: return Test(item.As<ast::TestDecl>());
  }
  return Text(Raw(item.span));
}

std::string Printer::PaddedHead(std::string head) const {
  const size_t width = CountCodePoints(head);
  if (width < item_width_) head.append(item_width_ - width, ' ');
  return head;
}

Doc Printer::Use(const ast::UseDecl& use) {
  std::vector<Doc> parts{Text("use ")};
  parts.push_back(use.path ? String(*use.path) : Text(Raw(use.module.span)));
  if (!use.names.empty()) {
    std::vector<Entry> entries;
    for (const ast::Name& name : use.names) {
      entries.push_back({name.span, [this, &name] { return Name(name); }});
    }
    const Span braces{use.span.file, use.names.front().span.begin, use.span.end};
    parts.push_back(Text("."));
    parts.push_back(Bracketed("{", "}", std::move(entries), braces));
  }
  if (use.alias) {
    parts.push_back(Text(" as "));
    parts.push_back(Name(*use.alias));
  }
  return Concat(std::move(parts));
}

Doc Printer::Param(const ast::ParamDecl& param) {
  std::vector<Doc> parts{Text("param "), Name(param.name)};
  if (param.type != nullptr) {
    parts.push_back(Text(": "));
    parts.push_back(Type(param.type));
  }
  if (param.default_value != nullptr) {
    const size_t width = CountCodePoints(HeadText(param));
    const size_t pad = item_width_ > width ? item_width_ - width : 0;
    parts.push_back(Text(std::string(pad, ' ') + " = "));
    parts.push_back(Expr(param.default_value));
  }
  if (param.where != nullptr) {
    parts.push_back(Text(" where "));
    parts.push_back(Expr(param.where));
  }
  return Concat(std::move(parts));
}

Doc Printer::Profile(const ast::ProfileDecl& profile) {
  std::string head = "profile " + Raw(profile.name.span);
  if (profile.is_default) head += " default";
  if (profile.extends) head += " extends " + Raw(profile.extends->span);
  std::vector<Entry> entries = AssignmentEntries(profile.params);
  for (const ast::ProfileReplace& replace : profile.replaces) {
    entries.push_back({replace.span, [this, &replace] {
                         return Concat({Text("replace "), Name(replace.kind), Text(" with "),
                                        Connector(replace.connector)});
                       }});
  }
  for (const ast::ProfileBinding& binding : profile.bindings) {
    entries.push_back({binding.span, [this, &binding] {
                         static constexpr const char* kWords[] = {"source ", "table ", "sink "};
                         const bool sink = binding.target == ast::ProfileBinding::Target::kSink;
                         return Concat({Text(kWords[static_cast<int>(binding.target)]),
                                        Name(binding.name), Text(sink ? " to " : " from "),
                                        Connector(binding.connector)});
                       }});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.span.begin < b.span.begin; });
  return Concat({Text(head + " "), BraceBlock(std::move(entries), profile.span)});
}

Doc Printer::Schema(const ast::SchemaDecl& schema) {
  std::vector<Doc> parts{Text("schema "), Name(schema.name)};
  if (schema.extends) {
    parts.push_back(Text(" extends "));
    parts.push_back(Name(*schema.extends));
  }
  if (schema.import) {
    parts.push_back(Text(" = "));
    parts.push_back(CallOnly(*schema.import));
  }
  if (!schema.has_body) return Concat(std::move(parts));
  std::vector<Entry> entries;
  for (const ast::FieldDecl& field : schema.fields) {
    entries.push_back({field.span, [this, &field] { return Field(field); }});
  }
  if (schema.extra) {
    entries.push_back({schema.extra->span, [this, &schema] {
                         static constexpr const char* kWords[] = {"ignore", "reject", "into "};
                         const auto kind = static_cast<int>(schema.extra->kind);
                         std::string text = std::string("... ") + kWords[kind];
                         if (schema.extra->kind == ast::ExtraKind::kInto) {
                           text += Raw(schema.extra->into.span);
                         }
                         return Text(std::move(text));
                       }});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.span.begin < b.span.begin; });
  parts.push_back(Text(" "));
  parts.push_back(BraceBlock(std::move(entries), schema.span));
  return Concat(std::move(parts));
}

Doc Printer::Params(const std::vector<ast::FnParam>& params, Span whole) {
  std::vector<Entry> entries;
  for (const ast::FnParam& param : params) {
    entries.push_back({param.span, [this, &param] {
                         std::vector<Doc> parts{Name(param.name), Text(": "), Type(param.type)};
                         if (param.default_value != nullptr) {
                           parts.push_back(Text(" = "));
                           parts.push_back(Expr(param.default_value));
                         }
                         return Concat(std::move(parts));
                       }});
  }
  // The grammar has no comma behind the last parameter.
  return Bracketed("(", ")", std::move(entries), whole, false, false);
}

Doc Printer::Function(const ast::FunctionDecl& fn) {
  std::vector<Doc> parts{Text("fn "), Name(fn.name), Params(fn.params, fn.params_span)};
  if (fn.result != nullptr) {
    parts.push_back(Text(" -> "));
    parts.push_back(Type(fn.result));
  }
  parts.push_back(Text(" ="));
  Doc before = comments_.Before(fn.body->span.begin);
  parts.push_back(Group(Indent(2, Concat({Line(), std::move(before), Expr(fn.body)}))));
  return Concat(std::move(parts));
}

Doc Printer::Template(const ast::TemplateDecl& decl) {
  std::vector<Doc> parts{Text("template "), Name(decl.name), Params(decl.params, decl.params_span)};
  if (decl.on != nullptr) {
    parts.push_back(Text(" on "));
    parts.push_back(Type(decl.on));
  }
  parts.push_back(Text(" ="));
  parts.push_back(Indent(2, Concat({HardLine(), Stages(decl.stages)})));
  return Concat(std::move(parts));
}

Doc Printer::Stream(const ast::StreamDecl& stream) {
  std::vector<Doc> parts{Text("stream "), Name(stream.name)};
  if (stream.type != nullptr) {
    parts.push_back(Text(": "));
    parts.push_back(Type(stream.type));
  }
  Doc head = Concat(std::move(parts));
  return stream.body ? Defined(std::move(head), *stream.body) : head;
}

Doc Printer::View(const ast::ViewDecl& view) {
  std::vector<Doc> parts{Text("view "), Name(view.name), Text(" key ("), Names(view.key),
                         Text(")")};
  std::vector<Entry> clauses;
  if (view.retain) {
    clauses.push_back({view.retain->span, [this, &view] {
                         return Concat({Text(" retain "), Expr(view.retain->amount)});
                       }});
  }
  if (view.to) {
    clauses.push_back({view.to->span, [this, &view] {
                         return Concat({Text(" to "), Connector(*view.to)});
                       }});
  }
  Arrange(clauses);
  for (const Entry& clause : clauses) parts.push_back(clause.print());
  return Defined(Concat(std::move(parts)), view.body);
}

Doc Printer::Alert(const ast::AlertDecl& alert) {
  std::vector<Entry> clauses;
  auto add = [&](const char* word, const ast::ExprPtr& expr) {
    if (expr == nullptr) return;
    clauses.push_back({expr->span, [this, word, &expr] {
                         return Concat({Text(std::string(word) + " "), Expr(expr)});
                       }});
  };
  add("when", alert.when);
  add("for", alert.for_duration);
  if (alert.severity) {
    clauses.push_back({alert.severity->span, [this, &alert] {
                         return Concat({Text("severity "), Name(*alert.severity)});
                       }});
  }
  if (!alert.notify.empty()) {
    clauses.push_back({alert.notify.front().span.To(alert.notify.back().span), [this, &alert] {
                         return Concat({Text("notify "), Names(alert.notify)});
                       }});
  }
  add("message", alert.message);
  Arrange(clauses);
  std::vector<Doc> parts;
  for (size_t i = 0; i < clauses.size(); ++i) {
    parts.push_back(Line());
    // The comment behind the last clause stands behind the declaration.
    parts.push_back(i + 1 < clauses.size()
                        ? WithComments(clauses[i])
                        : Concat({comments_.Before(clauses[i].span.begin), clauses[i].print()}));
  }
  return Group(Concat({Text("alert "), Name(alert.name), Indent(2, Concat(std::move(parts)))}));
}

Doc Printer::Slo(const ast::SloDecl& slo) {
  std::vector<Doc> parts{Line(), Text("when "),      Expr(slo.when),
                         Line(), Text("objective "), Expr(slo.objective),
                         Line(), Text("over "),      Expr(slo.over)};
  if (!slo.notify.empty()) {
    parts.push_back(Line());
    parts.push_back(Text("notify "));
    parts.push_back(Names(slo.notify));
  }
  return Group(Concat({Text("slo "), Name(slo.name), Indent(2, Concat(std::move(parts)))}));
}

}  // namespace weir::format
