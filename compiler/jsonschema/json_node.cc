#include "compiler/jsonschema/json_node.h"

#include "runtime/format/json/json_scanner.h"

namespace weir::jsonschema {
namespace {

/// `~` and `/` of a key inside a pointer.
std::string EscapedKey(std::string_view key) {
  std::string out;
  for (char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

class Reader {
 public:
  Reader(const SourceFile& source, DiagnosticEngine& diagnostics)
      : source_(source), diagnostics_(diagnostics), scanner_(source.text()) {}

  std::unique_ptr<JsonNode> ReadWhole() {
    scanner_.SkipSpace();
    std::unique_ptr<JsonNode> root = ReadValue("", 0);
    if (root == nullptr) return nullptr;
    scanner_.SkipSpace();
    if (scanner_.AtEnd()) return root;
    scanner_.FailHere();
    return Refuse();
  }

 private:
  uint32_t Offset() const {
    return static_cast<uint32_t>(scanner_.cursor() - source_.text().data());
  }

  std::unique_ptr<JsonNode> Refuse() {
    const auto at = static_cast<uint32_t>(scanner_.error_offset());
    const bool end = at >= source_.text().size();
    // The message says already that it is none.
    std::string why = scanner_.DescribeError();
    if (why.starts_with("not JSON: ")) why.erase(0, 10);
    diagnostics_.Report(Code::kF0702, {source_.id(), at, end ? at : at + 1}).Arg(why);
    return nullptr;
  }

  std::unique_ptr<JsonNode> ReadValue(std::string pointer, int depth) {
    auto node = std::make_unique<JsonNode>();
    node->pointer = std::move(pointer);
    const uint32_t begin = Offset();
    if (!Fill(*node, depth)) return nullptr;
    node->span = {source_.id(), begin, Offset()};
    return node;
  }

  /// False after a report.
  bool Fill(JsonNode& node, int depth) {
    const char first = scanner_.Peek();
    if (first == '{' || first == '[') {
      if (depth < kMaxJsonDepth)
        return first == '{' ? FillObject(node, depth) : FillArray(node, depth);
      diagnostics_.Report(Code::kF0702, {source_.id(), Offset(), Offset() + 1})
          .Arg("objects and arrays are nested more than 64 deep");
      return false;
    }
    if (first == '"') {
      node.kind = JsonNode::Kind::kString;
      return ReadString(node.text);
    }
    std::string_view raw;
    if (!scanner_.SkipValue(raw)) {
      Refuse();
      return false;
    }
    node.text = std::string(raw);
    node.kind = first == 'n'                   ? JsonNode::Kind::kNull
                : first == 't' || first == 'f' ? JsonNode::Kind::kBool
                                               : JsonNode::Kind::kNumber;
    return true;
  }

  bool ReadString(std::string& text) {
    JsonStringToken token;
    if (!scanner_.ScanString(token)) {
      Refuse();
      return false;
    }
    StringArena arena;
    text = std::string(UnescapeJson(token, arena));
    return true;
  }

  /// Whether another member follows; false after a report as well (`broken_`).
  bool Next(char close) {
    scanner_.SkipSpace();
    if (scanner_.Consume(close)) return false;
    if (scanner_.Expect(',')) {
      scanner_.SkipSpace();
      return true;
    }
    Refuse();
    broken_ = true;
    return false;
  }

  bool FillArray(JsonNode& node, int depth) {
    node.kind = JsonNode::Kind::kArray;
    scanner_.Consume('[');
    scanner_.SkipSpace();
    if (scanner_.Consume(']')) return true;
    do {
      auto element =
          ReadValue(node.pointer + "/" + std::to_string(node.elements.size()), depth + 1);
      if (element == nullptr) return false;
      node.elements.push_back(std::move(element));
    } while (Next(']'));
    return !broken_;
  }

  bool FillObject(JsonNode& node, int depth) {
    node.kind = JsonNode::Kind::kObject;
    scanner_.Consume('{');
    scanner_.SkipSpace();
    if (scanner_.Consume('}')) return true;
    do {
      if (!ReadMember(node, depth)) return false;
    } while (Next('}'));
    return !broken_;
  }

  bool ReadMember(JsonNode& node, int depth) {
    JsonNode::Member member;
    const uint32_t begin = Offset();
    if (!ReadString(member.name)) return false;
    member.name_span = {source_.id(), begin, Offset()};
    scanner_.SkipSpace();
    if (!scanner_.Expect(':')) {
      Refuse();
      return false;
    }
    scanner_.SkipSpace();
    member.value = ReadValue(node.pointer + "/" + EscapedKey(member.name), depth + 1);
    if (member.value == nullptr) return false;
    if (const JsonNode::Member* first = node.FindMember(member.name)) {
      diagnostics_.Report(Code::kF0702, member.name_span)
          .Arg("the key \"" + member.name + "\" stands twice in one object")
          .Label(first->name_span, "here first");
      return false;
    }
    node.members.push_back(std::move(member));
    return true;
  }

  const SourceFile& source_;
  DiagnosticEngine& diagnostics_;
  JsonScanner scanner_;
  bool broken_ = false;
};

}  // namespace

const JsonNode::Member* JsonNode::FindMember(std::string_view name) const {
  for (const Member& member : members) {
    if (member.name == name) return &member;
  }
  return nullptr;
}

const JsonNode* JsonNode::Find(std::string_view name) const {
  const Member* member = FindMember(name);
  return member == nullptr ? nullptr : member->value.get();
}

std::string_view JsonKindWords(JsonNode::Kind kind) {
  switch (kind) {
    case JsonNode::Kind::kNull: return "null";
    case JsonNode::Kind::kBool: return "true or false";
    case JsonNode::Kind::kNumber: return "a number";
    case JsonNode::Kind::kString: return "a string";
    case JsonNode::Kind::kArray: return "an array";
    case JsonNode::Kind::kObject: return "an object";
  }
  return "?";
}

std::unique_ptr<JsonNode> ReadJson(const SourceFile& source, DiagnosticEngine& diagnostics) {
  return Reader(source, diagnostics).ReadWhole();
}

}  // namespace weir::jsonschema
