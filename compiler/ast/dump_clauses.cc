#include <fmt/format.h>

#include "compiler/ast/dump.h"
#include "compiler/ast/dump_text.h"

namespace weir::ast {

std::string Dump(const TypeRef& type) {
  std::string out;
  switch (type.kind) {
    case TypeRefKind::kNamed:
      out = type.name.Joined();
      for (size_t i = 0; i < type.numbers.size(); ++i) {
        out += fmt::format("{}{}", i == 0 ? "(" : ", ", type.numbers[i].value);
      }
      if (!type.numbers.empty()) out += ')';
      break;
    case TypeRefKind::kGeneric:
      out = type.name.Joined() + '<';
      for (const TypeRefPtr& argument : type.arguments) out += dump::Text(argument) + ' ';
      out += '>';
      break;
    case TypeRefKind::kEnum:
      out = "enum(";
      for (const EnumValue& value : type.values) out += dump::Quote(value.text) + ' ';
      out += ')';
      break;
    case TypeRefKind::kStruct:
      out = "struct{ ";
      for (const FieldDecl& field : type.fields) out += dump::Text(field) + "; ";
      out += '}';
      break;
    case TypeRefKind::kError: out = "<error>"; break;
  }
  return type.optional ? out + '?' : out;
}

namespace dump {

std::string Text(const TypeRefPtr& type) { return type == nullptr ? "-" : Dump(*type); }

std::string Text(const std::optional<Name>& name) { return name ? Text(*name) : "-"; }

std::string Text(const std::optional<StringValue>& text) { return text ? Quote(text->text) : "-"; }

std::string Text(const std::vector<Name>& names) {
  std::string out;
  for (const Name& name : names) out += (out.empty() ? "" : " ") + Text(name);
  return out;
}

std::string Text(const CallOnly& call) {
  return "(call " + Text(call.callee) + Text(call.args) + ")";
}

std::string Text(const Route& route) {
  static constexpr const char* kWords[] = {"->", "discard", "fail", "default"};
  const char* word = kWords[static_cast<int>(route.kind)];
  if (route.kind == RouteKind::kStream) return fmt::format("{} {}", word, Text(route.target));
  return fmt::format("{} {}", word, Text(route.reason));
}

std::string Text(const Connector& connector) {
  std::string out = Text(connector.kind) + '(';
  for (const NamedArg& arg : connector.args) out += Text(arg.name) + ": " + Text(arg.value) + ", ";
  return out + ')';
}

std::string Text(const KeyList& keys) {
  std::string out;
  for (const KeyItem& item : keys.items) {
    out += (out.empty() ? "" : ", ") + Text(item.expr);
    if (item.alias) out += " as " + Text(*item.alias);
  }
  return out;
}

std::string Text(const std::vector<Assignment>& assignments) {
  std::string out;
  for (const Assignment& assignment : assignments) {
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", Text(assignment.name),
                       Text(assignment.value));
  }
  return out;
}

std::string Text(const std::vector<Annotation>& annotations) {
  std::string out;
  for (const Annotation& annotation : annotations) {
    out += " @" + Text(annotation.name);
    if (annotation.args) out += "(" + Text(*annotation.args) + " )";
  }
  return out;
}

std::string Text(const FieldDecl& field) {
  std::string out = Text(field.name) + ": " + Text(field.type) + Text(field.annotations);
  if (field.default_value != nullptr) out += " = " + Text(field.default_value);
  if (field.where != nullptr) out += " where " + Text(field.where);
  return out;
}

std::string Text(const EmitClause& emit) {
  std::string out;
  for (const EmitWhen& when : emit.when) {
    if (!out.empty()) out += ", ";
    switch (when.kind) {
      case EmitKind::kOnClose: out += "on close"; break;
      case EmitKind::kOnUpdate: out += "on update"; break;
      case EmitKind::kEvery: out += "every " + Text(when.every); break;
    }
  }
  return out;
}

std::string Text(const LateClause& late) { return Text(late.after) + ' ' + Text(late.route); }

std::string Text(const PiiClause& pii) { return Text(pii.mode) + ' ' + Text(pii.reason); }

std::string Text(const FormatClause& format) {
  return Text(format.name) + (format.args ? "(" + Text(*format.args) + " )" : "");
}

std::string Text(const ErrorClause& error) { return Text(error.route); }

std::string Text(const AmountClause& amount) { return Text(amount.amount); }

std::string Text(const WindowSpec& window) {
  static constexpr const char* kWords[] = {"tumbling", "sliding", "cumulating", "session", "rows"};
  return fmt::format("{} {} every {} offset {} max {}", kWords[static_cast<int>(window.kind)],
                     Text(window.size), Text(window.every), Text(window.offset), Text(window.max));
}

}  // namespace dump
}  // namespace weir::ast
