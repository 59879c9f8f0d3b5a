#include <algorithm>
#include <string>
#include <utility>

#include "compiler/format/printer.h"
#include "compiler/source/utf8.h"

namespace weir::format {
namespace {

/// `merge` is aligned only as far as lines stay readable.
constexpr size_t kWidestAligned = 60;

std::string Padded(std::string text, size_t width) {
  const size_t now = CountCodePoints(text);
  if (now < width) text.append(width - now, ' ');
  return text;
}

}  // namespace

Doc Printer::Parts(Doc head, const ast::KeyedParts& parts) {
  std::vector<Entry> entries;
  if (parts.state) {
    entries.push_back({parts.state->span, [&] { return State(*parts.state); }});
  }
  if (parts.on_event) {
    entries.push_back({parts.on_event->span, [&] {
                         const auto& event = parts.on_event->event;
                         const std::string name = event ? Raw(event->span) + " " : std::string();
                         return Concat({Text("on event " + name), Block(parts.on_event->block)});
                       }});
  }
  for (const ast::TimerHandler& timer : parts.on_timer) {
    entries.push_back(
        {timer.span, [this, &timer] {
           return Concat({Text("on timer " + Raw(timer.timer.span) + " "), Block(timer.block)});
         }});
  }
  if (parts.on_close) {
    entries.push_back({parts.on_close->span, [&] {
                         return Concat({Text("on close "), Block(parts.on_close->block)});
                       }});
  }
  if (parts.output) {
    entries.push_back({parts.output->span, [&] { return Output(*parts.output); }});
  }
  if (parts.emit) entries.push_back({parts.emit->span, [&] { return Emit(*parts.emit); }});
  if (parts.late) entries.push_back({parts.late->span, [&] { return Late(*parts.late); }});
  if (parts.on_error) {
    entries.push_back({parts.on_error->span, [&] {
                         return Concat({Text("on error "), Route(parts.on_error->route)});
                       }});
  }
  if (entries.empty()) return head;
  Arrange(entries);
  return Concat(
      {std::move(head), Indent(2, Concat({HardLine(), Lines(std::move(entries), false)}))});
}

Doc Printer::State(const ast::StateBlock& state) {
  std::vector<std::string> heads;
  size_t width = 0;
  for (const ast::StateField& field : state.fields) {
    std::string head;
    // A field with comments in it is not worth aligning; printing it here would lose them.
    if (!comments_.Within(field.span.begin, field.span.end)) {
      head = Flat([&] {
        std::vector<Doc> parts{Text(Raw(field.name.span) + ": "), Type(field.type)};
        if (field.default_value != nullptr) {
          parts.push_back(Text(" = "));
          parts.push_back(Expr(field.default_value));
        }
        return Concat(std::move(parts));
      });
    }
    const size_t size = CountCodePoints(head);
    if (field.merge && size <= kWidestAligned) width = std::max(width, size);
    heads.push_back(std::move(head));
  }
  std::vector<Entry> entries;
  for (size_t i = 0; i < state.fields.size(); ++i) {
    const ast::StateField& field = state.fields[i];
    entries.push_back({field.span, [this, &field, &heads, i, width] {
                         std::vector<Doc> parts;
                         if (heads[i].empty()) {
                           parts.push_back(Text(Raw(field.span)));
                           comments_.Rest(field.span.end);
                           return Concat(std::move(parts));
                         }
                         parts.push_back(Text(field.merge ? Padded(heads[i], width) : heads[i]));
                         if (field.merge) parts.push_back(Text(" merge " + Raw(field.merge->span)));
                         if (field.ttl != nullptr) {
                           parts.push_back(Text(" ttl "));
                           parts.push_back(Expr(field.ttl));
                         }
                         parts.push_back(Annotations(field.annotations, " "));
                         return Concat(std::move(parts));
                       }});
  }
  return Concat({Text("state "), BraceBlock(std::move(entries), state.span)});
}

Doc Printer::Output(const ast::OutputBlock& output) {
  size_t width = 0;
  for (const ast::OutputField& field : output.fields) {
    width = std::max(width, CountCodePoints(Raw(field.name.span)));
  }
  std::vector<Entry> entries;
  for (const ast::OutputField& field : output.fields) {
    entries.push_back(
        {field.span, [this, &field, width] {
           if (field.value == nullptr) return Name(field.name);
           return Concat({Text(Padded(Raw(field.name.span), width) + " = "), Expr(field.value)});
         }});
  }
  return Concat({Text("output "), BraceBlock(std::move(entries), output.span)});
}

Doc Printer::Block(const ast::Block& block) {
  // One short statement may stay on the line of its braces.
  if (block.statements.size() == 1 && !comments_.Within(block.span.begin, block.span.end)) {
    return Group(Concat({Text("{"), Indent(2, Concat({Line(), Statement(*block.statements[0])})),
                         Line(), Text("}")}));
  }
  std::vector<Entry> entries;
  for (const ast::StatementPtr& statement : block.statements) {
    entries.push_back({statement->span, [this, &statement] { return Statement(*statement); }});
  }
  return BraceBlock(std::move(entries), block.span);
}

Doc Printer::Statement(const ast::Statement& statement) {
  using ast::StatementKind;
  switch (statement.kind) {
    case StatementKind::kAssign: {
      const auto& assign = statement.As<ast::AssignStatement>();
      std::vector<Doc> parts{Name(assign.target)};
      if (assign.index != nullptr) {
        parts.push_back(Text("["));
        parts.push_back(Expr(assign.index));
        parts.push_back(Text("]"));
      }
      parts.push_back(Text(std::string(" ") + ast::AssignOpText(assign.op) + " "));
      parts.push_back(Expr(assign.value));
      return Concat(std::move(parts));
    }
    case StatementKind::kLet: {
      const auto& let = statement.As<ast::LetStatement>();
      return Concat({Text("let " + Raw(let.name.span) + " = "), Expr(let.value)});
    }
    case StatementKind::kIf: return IfStatement(statement.As<ast::IfStatement>());
    case StatementKind::kMatch: return MatchStatement(statement.As<ast::MatchStatement>());
    case StatementKind::kEmit: {
      const auto& emit = statement.As<ast::EmitStatement>();
      std::vector<Doc> parts{Text("emit "), Struct(*emit.row)};
      if (emit.route) {
        parts.push_back(Text(" "));
        parts.push_back(Route(*emit.route));
      }
      return Concat(std::move(parts));
    }
    case StatementKind::kSetTimer: {
      const auto& timer = statement.As<ast::SetTimerStatement>();
      return Concat({Text("set timer " + Raw(timer.timer.span) + " = "), Expr(timer.at)});
    }
    case StatementKind::kCancelTimer:
      return Text("cancel timer " + Raw(statement.As<ast::CancelTimerStatement>().timer.span));
    case StatementKind::kClear: return Text("clear");
  }
  return Text(Raw(statement.span));
}

Doc Printer::IfStatement(const ast::IfStatement& statement) {
  std::vector<Doc> parts{Text("if "), Expr(statement.condition), Text(" "),
                         Block(statement.then_block)};
  if (statement.else_block) {
    parts.push_back(Text(" else "));
    parts.push_back(Block(*statement.else_block));
  } else if (statement.else_if != nullptr) {
    parts.push_back(Text(" else "));
    parts.push_back(Statement(*statement.else_if));
  }
  return Concat(std::move(parts));
}

Doc Printer::MatchStatement(const ast::MatchStatement& statement) {
  Doc subject = Expr(statement.subject);
  std::vector<std::string> heads;
  size_t width = 0;
  for (const ast::StatementArm& arm : statement.arms) {
    heads.push_back(PatternsText(arm.patterns));
    width = std::max(width, CountCodePoints(heads.back()));
  }
  std::vector<Entry> entries;
  for (size_t i = 0; i < statement.arms.size(); ++i) {
    const ast::StatementArm& arm = statement.arms[i];
    entries.push_back({arm.span, [this, &arm, head = Padded(heads[i], width)] {
                         Doc body = arm.braced ? Block(arm.block)
                                               : Statement(*arm.block.statements.front());
                         return Concat({Text(head + " -> "), std::move(body)});
                       }});
  }
  return Concat({Text("match "), std::move(subject), Text(" "),
                 BraceBlock(std::move(entries), statement.span)});
}

}  // namespace weir::format
