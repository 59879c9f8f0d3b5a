#include <algorithm>
#include <string>
#include <utility>

#include "compiler/format/printer.h"
#include "compiler/source/utf8.h"

namespace weir::format {

Doc Printer::String(const ast::StringValue& value) const {
  return Text(CanonicalString(Raw(value.span)));
}

Doc Printer::Type(const ast::TypeRefPtr& type) { return Type(*type); }

Doc Printer::Type(const ast::TypeRef& type) {
  std::vector<Doc> parts;
  switch (type.kind) {
    case ast::TypeRefKind::kNamed: {
      std::string text = Raw(type.name.span);
      for (size_t i = 0; i < type.numbers.size(); ++i) {
        text += (i == 0 ? "(" : ", ") + CanonicalNumber(Raw(type.numbers[i].span));
      }
      if (!type.numbers.empty()) text += ')';
      parts.push_back(Text(std::move(text)));
      break;
    }
    case ast::TypeRefKind::kGeneric:
      parts.push_back(Text(Raw(type.name.span) + "<"));
      for (size_t i = 0; i < type.arguments.size(); ++i) {
        if (i > 0) parts.push_back(Text(", "));
        parts.push_back(Type(type.arguments[i]));
      }
      parts.push_back(Text(">"));
      break;
    case ast::TypeRefKind::kEnum: {
      std::vector<Entry> entries;
      for (const ast::EnumValue& value : type.values) {
        entries.push_back(
            {value.span, [this, &value] { return Text(CanonicalString(Raw(value.span))); }});
      }
      parts.push_back(Text("enum"));
      parts.push_back(Bracketed("(", ")", std::move(entries), type.span));
      break;
    }
    case ast::TypeRefKind::kStruct: {
      std::vector<Entry> entries;
      for (const ast::FieldDecl& field : type.fields) {
        entries.push_back({field.span, [this, &field] { return Field(field); }});
      }
      parts.push_back(Text("struct "));
      parts.push_back(Bracketed("{", "}", std::move(entries), type.span, true));
      break;
    }
    case ast::TypeRefKind::kError: parts.push_back(Text(Raw(type.span))); break;
  }
  if (type.optional) parts.push_back(Text("?"));
  return Concat(std::move(parts));
}

Doc Printer::Field(const ast::FieldDecl& field) {
  std::vector<Doc> parts{Name(field.name), Text(": "), Type(field.type),
                         Annotations(field.annotations, " ")};
  if (field.default_value != nullptr) {
    parts.push_back(Text(" = "));
    parts.push_back(Expr(field.default_value));
  }
  if (field.where != nullptr) {
    parts.push_back(Text(" where "));
    parts.push_back(Expr(field.where));
  }
  return Concat(std::move(parts));
}

Doc Printer::Annotations(const std::vector<ast::Annotation>& annotations, const char* separator) {
  std::vector<Doc> parts;
  for (const ast::Annotation& annotation : annotations) {
    parts.push_back(Text(std::string(separator) + "@" + Raw(annotation.name.span)));
    if (annotation.args) parts.push_back(Args(*annotation.args));
  }
  return Concat(std::move(parts));
}

Doc Printer::Route(const ast::Route& route) {
  static constexpr const char* kWords[] = {"-> ", "discard", "fail", "default"};
  std::vector<Doc> parts{Text(kWords[static_cast<int>(route.kind)])};
  if (route.kind == ast::RouteKind::kStream) parts.push_back(Name(route.target));
  if (route.reason) {
    parts.push_back(Text(" "));
    parts.push_back(String(*route.reason));
  }
  return Concat(std::move(parts));
}

Doc Printer::Keys(const char* word, const ast::KeyList& keys) {
  std::vector<Entry> entries;
  for (const ast::KeyItem& item : keys.items) {
    entries.push_back({item.span, [this, &item] {
                         if (!item.alias) return Expr(item.expr);
                         return Concat({Expr(item.expr), Text(" as "), Name(*item.alias)});
                       }});
  }
  return Group(Concat({Text(std::string(word) + " "), Indent(2, CommaLines(std::move(entries)))}));
}

Doc Printer::Connector(const ast::Connector& connector) {
  std::vector<Entry> entries;
  for (const ast::NamedArg& arg : connector.args) {
    entries.push_back({arg.span, [this, &arg] {
                         return Concat({Name(arg.name), Text(": "), Expr(arg.value)});
                       }});
  }
  return Concat({Name(connector.kind), Bracketed("(", ")", std::move(entries), connector.span)});
}

Doc Printer::CallOnly(const ast::CallOnly& call) {
  return Concat({Name(call.callee), Args(call.args)});
}

Doc Printer::Emit(const ast::EmitClause& emit) {
  std::vector<Doc> parts{Text("emit ")};
  for (size_t i = 0; i < emit.when.size(); ++i) {
    if (i > 0) parts.push_back(Text(", "));
    switch (emit.when[i].kind) {
      case ast::EmitKind::kOnClose: parts.push_back(Text("on close")); break;
      case ast::EmitKind::kOnUpdate: parts.push_back(Text("on update")); break;
      case ast::EmitKind::kEvery:
        parts.push_back(Text("every "));
        parts.push_back(Expr(emit.when[i].every));
        break;
    }
  }
  return Concat(std::move(parts));
}

Doc Printer::Late(const ast::LateClause& late) {
  return Concat({Text("late after "), Expr(late.after), Text(" "), Route(late.route)});
}

Doc Printer::Pii(const ast::PiiClause& pii) {
  std::vector<Doc> parts{Text("pii "), Name(pii.mode)};
  if (pii.reason) {
    parts.push_back(Text(" "));
    parts.push_back(String(*pii.reason));
  }
  return Concat(std::move(parts));
}

Doc Printer::Format(const ast::FormatClause& format) {
  std::vector<Doc> parts{Text("format "), Name(format.name)};
  if (format.args) parts.push_back(Args(*format.args));
  return Concat(std::move(parts));
}

Doc Printer::Assignment(const ast::Assignment& assignment, size_t name_width) {
  const std::string name = Raw(assignment.name.span);
  const size_t width = CountCodePoints(name);
  const std::string pad(name_width > width ? name_width - width : 0, ' ');
  // Aligned only where each stands on a line of its own.
  Doc padding = name_width == 0 ? Text("") : IfBroken(Text(pad), Text(""));
  return Concat({Text(name), std::move(padding), Text(" = "), Expr(assignment.value)});
}

std::vector<Printer::Entry> Printer::AssignmentEntries(
    const std::vector<ast::Assignment>& assignments) {
  size_t width = 0;
  for (const ast::Assignment& assignment : assignments) {
    width = std::max(width, CountCodePoints(Raw(assignment.name.span)));
  }
  std::vector<Entry> entries;
  for (const ast::Assignment& assignment : assignments) {
    entries.push_back(
        {assignment.span, [this, &assignment, width] { return Assignment(assignment, width); }});
  }
  return entries;
}

}  // namespace weir::format
