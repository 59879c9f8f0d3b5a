#include <algorithm>
#include <utility>

#include "compiler/format/printer.h"

namespace weir::format {

Doc Printer::WithComments(const Entry& entry) {
  Doc before = comments_.Before(entry.span.begin);
  Doc body = entry.print();
  Doc behind = comments_.Behind(entry.span.end);
  std::vector<Doc> parts{std::move(before), std::move(body)};
  if (behind != nullptr) parts.push_back(std::move(behind));
  return Concat(std::move(parts));
}

Doc Printer::Bracketed(const char* open, const char* close, std::vector<Entry> entries, Span whole,
                       bool inner_blanks, bool trailing_comma) {
  const uint32_t closer = whole.end > whole.begin ? whole.end - 1 : whole.end;
  if (entries.empty() && !comments_.Within(whole.begin, closer)) {
    return Text(std::string(open) + close);
  }
  std::vector<Doc> inside;
  for (size_t i = 0; i < entries.size(); ++i) {
    inside.push_back(i == 0 ? (inner_blanks ? Line() : SoftLine()) : Line());
    inside.push_back(comments_.Before(entries[i].span.begin));
    inside.push_back(entries[i].print());
    if (i + 1 < entries.size()) {
      inside.push_back(Text(","));
    } else if (trailing_comma) {
      inside.push_back(IfBroken(Text(","), Text("")));
    }
    if (Doc behind = comments_.Behind(entries[i].span.end)) inside.push_back(std::move(behind));
  }
  if (comments_.Within(whole.begin, closer)) {
    inside.push_back(HardLine());
    inside.push_back(comments_.Rest(closer));
    return Group(
        Concat({Text(open), Indent(2, Concat(std::move(inside))), HardLine(), Text(close)}));
  }
  return Group(Concat({Text(open), Indent(2, Concat(std::move(inside))),
                       inner_blanks ? Line() : SoftLine(), Text(close)}));
}

Doc Printer::CommaLines(std::vector<Entry> entries) {
  std::vector<Doc> parts;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) parts.push_back(Line());
    parts.push_back(comments_.Before(entries[i].span.begin));
    parts.push_back(entries[i].print());
    if (i + 1 == entries.size()) break;  // The comment behind the last belongs to what is around.
    parts.push_back(Text(","));
    if (Doc behind = comments_.Behind(entries[i].span.end)) parts.push_back(std::move(behind));
  }
  return Concat(std::move(parts));
}

Doc Printer::Lines(std::vector<Entry> entries, bool blanks) {
  std::vector<Doc> parts;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) {
      parts.push_back(HardLine());
      const uint32_t first = comments_.FirstBefore(entries[i].span.begin);
      if (blanks && comments_.BlankBefore(first)) parts.push_back(HardLine());
    }
    parts.push_back(WithComments(entries[i]));
  }
  return Concat(std::move(parts));
}

Doc Printer::BraceBlock(std::vector<Entry> entries, Span whole) {
  const uint32_t closer = whole.end > whole.begin ? whole.end - 1 : whole.end;
  const bool empty = entries.empty();
  if (empty && !comments_.Within(whole.begin, closer)) return Text("{}");
  std::vector<Doc> inside{HardLine()};
  if (!empty) inside.push_back(Lines(std::move(entries)));
  if (comments_.Within(whole.begin, closer)) {
    if (!empty) {
      inside.push_back(HardLine());
      if (comments_.BlankBefore(comments_.FirstBefore(closer))) inside.push_back(HardLine());
    }
    inside.push_back(comments_.Rest(closer));
  }
  return Concat({Text("{"), Indent(2, Concat(std::move(inside))), HardLine(), Text("}")});
}

void Printer::Arrange(std::vector<Entry>& clauses) const {
  if (clauses.empty()) return;
  uint32_t begin = clauses.front().span.begin;
  uint32_t end = clauses.front().span.end;
  for (const Entry& clause : clauses) {
    begin = std::min(begin, clause.span.begin);
    end = std::max(end, clause.span.end);
  }
  // Comments are handed out in the order of the source: clauses can't overtake them.
  const uint32_t line_end =
      static_cast<uint32_t>(std::min(source_.text().find('\n', end), source_.text().size()));
  if (!comments_.Within(0, line_end)) return;
  std::stable_sort(clauses.begin(), clauses.end(),
                   [](const Entry& a, const Entry& b) { return a.span.begin < b.span.begin; });
}

Doc Printer::Names(const std::vector<ast::Name>& names) const {
  std::string out;
  for (const ast::Name& name : names) out += (out.empty() ? "" : ", ") + Raw(name.span);
  return Text(std::move(out));
}

}  // namespace weir::format
