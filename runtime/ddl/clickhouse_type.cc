#include "runtime/ddl/clickhouse_type.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <optional>

namespace weir {
namespace {

using Kind = ClickhouseType::Kind;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  return text;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

/// Parts between commas that are in no parentheses and quotes; none when those don't match.
std::optional<std::vector<std::string_view>> SplitArguments(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' || c == '`') {
      for (++i; i < text.size() && text[i] != c; ++i) i += text[i] == '\\';
      if (i >= text.size()) return std::nullopt;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      if (--depth < 0) return std::nullopt;
    } else if (c == ',' && depth == 0) {
      parts.push_back(Trim(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  if (depth != 0) return std::nullopt;
  if (const std::string_view last = Trim(text.substr(start)); !last.empty() || !parts.empty()) {
    parts.push_back(last);
  }
  return parts;
}

bool ParseInt(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// `'a\'b'` or `` `a` `` at the start of `text`, which then begins behind it.
std::string TakeQuoted(std::string_view& text) {
  const char quote = text.front();
  std::string value;
  size_t i = 1;
  for (; i < text.size() && text[i] != quote; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value += text[i];
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return value;
}

struct Plain {
  const char* name;
  Kind kind;
  int bits = 0;
};

/// Types without parameters, in lower case.
constexpr Plain kPlain[] = {
    {"int8", Kind::kInt, 8},       {"int16", Kind::kInt, 16},      {"int32", Kind::kInt, 32},
    {"int64", Kind::kInt, 64},     {"int128", Kind::kInt, 128},    {"uint8", Kind::kUInt, 8},
    {"uint16", Kind::kUInt, 16},   {"uint32", Kind::kUInt, 32},    {"uint64", Kind::kUInt, 64},
    {"uint128", Kind::kUInt, 128}, {"float32", Kind::kFloat, 32},  {"float64", Kind::kFloat, 64},
    {"bool", Kind::kBool, 8},      {"boolean", Kind::kBool, 8},    {"string", Kind::kString},
    {"uuid", Kind::kUuid},         {"ipv4", Kind::kIpv4},          {"ipv6", Kind::kIpv6},
    {"date", Kind::kDate},         {"date32", Kind::kDate32},      {"datetime", Kind::kDateTime},
    {"json", Kind::kJson},         {"tinyint", Kind::kInt, 8},     {"smallint", Kind::kInt, 16},
    {"int", Kind::kInt, 32},       {"integer", Kind::kInt, 32},    {"bigint", Kind::kInt, 64},
    {"float", Kind::kFloat, 32},   {"double", Kind::kFloat, 64},   {"text", Kind::kString},
    {"varchar", Kind::kString},    {"timestamp", Kind::kDateTime},
};

class TypeParser {
 public:
  Result<ClickhouseType> Parse(std::string_view written, int depth = 0) {
    const std::string_view text = Trim(written);
    const size_t open = text.find('(');
    const std::string name = Lower(Trim(text.substr(0, open)));
    std::vector<std::string_view> arguments;
    if (open != std::string_view::npos) {
      std::optional<std::vector<std::string_view>> split;
      if (text.back() == ')') split = SplitArguments(text.substr(open + 1, text.size() - open - 2));
      if (!split) return Broken(text);
      arguments = std::move(*split);
    }
    if (name.empty() || depth > 32) return Broken(text);
    ClickhouseType type;
    type.text = text;
    WEIR_TRY(Fill(name, arguments, depth, type));
    return type;
  }

 private:
  static Status Broken(std::string_view text) {
    return InvalidArgumentError("`{}` is not a ClickHouse type", text);
  }

  Status Fill(const std::string& name, const std::vector<std::string_view>& arguments, int depth,
              ClickhouseType& type) {
    for (const Plain& plain : kPlain) {
      if (name != plain.name) continue;
      type.kind = plain.kind;
      type.bits = plain.bits;
      return Status::Ok();
    }
    if (name == "fixedstring") {
      type.kind = Kind::kFixedString;
      return arguments.size() == 1 && ParseInt(arguments[0], type.length) ? Status::Ok()
                                                                          : Broken(type.text);
    }
    if (name == "datetime64") {
      type.kind = Kind::kDateTime64;
      type.scale = 3;
      return arguments.empty() || ParseInt(arguments[0], type.scale) ? Status::Ok()
                                                                     : Broken(type.text);
    }
    if (name.starts_with("decimal") || name == "numeric") return FillDecimal(name, arguments, type);
    if (name.starts_with("enum")) return FillEnum(name, arguments, type);
    return FillNested(name, arguments, depth, type);
  }

  static Status FillDecimal(const std::string& name, const std::vector<std::string_view>& arguments,
                            ClickhouseType& type) {
    type.kind = Kind::kDecimal;
    type.precision = 10;
    const bool sized = name != "decimal" && name != "numeric" && name != "dec";
    if (sized) {
      int bits = 0;
      if (!ParseInt(std::string_view(name).substr(7), bits)) return Broken(type.text);
      type.precision = bits == 32 ? 9 : bits == 64 ? 18 : bits == 128 ? 38 : 76;
      return arguments.size() == 1 && ParseInt(arguments[0], type.scale) ? Status::Ok()
                                                                         : Broken(type.text);
    }
    if (!arguments.empty() && !ParseInt(arguments[0], type.precision)) return Broken(type.text);
    if (arguments.size() > 1 && !ParseInt(arguments[1], type.scale)) return Broken(type.text);
    return Status::Ok();
  }

  static Status FillEnum(const std::string& name, const std::vector<std::string_view>& arguments,
                         ClickhouseType& type) {
    type.kind = Kind::kEnum;
    type.bits = name == "enum16" ? 16 : 8;
    int next = 1;
    for (std::string_view argument : arguments) {
      if (argument.empty() || argument.front() != '\'') return Broken(type.text);
      std::string value = TakeQuoted(argument);
      argument = Trim(argument);
      if (argument.starts_with('=') && !ParseInt(Trim(argument.substr(1)), next)) {
        return Broken(type.text);
      }
      type.enum_values.emplace_back(std::move(value), next++);
    }
    return type.enum_values.empty() ? Broken(type.text) : Status::Ok();
  }

  Status FillNested(const std::string& name, const std::vector<std::string_view>& arguments,
                    int depth, ClickhouseType& type) {
    struct Nested {
      const char* name;
      Kind kind;
      size_t arguments;
    };
    static constexpr Nested kNested[] = {{"nullable", Kind::kNullable, 1},
                                         {"lowcardinality", Kind::kLowCardinality, 1},
                                         {"array", Kind::kArray, 1},
                                         {"map", Kind::kMap, 2},
                                         {"simpleaggregatefunction", Kind::kSimpleAggregate, 2}};
    for (const Nested& nested : kNested) {
      if (name != nested.name) continue;
      if (arguments.size() != nested.arguments) return Broken(type.text);
      type.kind = nested.kind;
      for (size_t i = type.is(Kind::kSimpleAggregate) ? 1 : 0; i < arguments.size(); ++i) {
        WEIR_ASSIGN(ClickhouseType child, Parse(arguments[i], depth + 1));
        type.children.push_back(std::move(child));
      }
      return Status::Ok();
    }
    if (name != "tuple") return Status::Ok();  // kOther
    type.kind = Kind::kTuple;
    for (std::string_view argument : arguments) {
      WEIR_TRY(AddElement(argument, depth, type));
    }
    return Status::Ok();
  }

  /// `name Type` or `Type`.
  Status AddElement(std::string_view argument, int depth, ClickhouseType& tuple) {
    std::string name;
    if (argument.starts_with('`')) {
      name = TakeQuoted(argument);
    } else {
      const size_t end = argument.find_first_of(" \t\n(");
      if (end != std::string_view::npos && argument[end] != '(') {
        name = argument.substr(0, end);
        argument.remove_prefix(end);
      }
    }
    WEIR_ASSIGN(ClickhouseType child, Parse(argument, depth + 1));
    tuple.names.push_back(std::move(name));
    tuple.children.push_back(std::move(child));
    return Status::Ok();
  }
};

std::string Quoted(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') quoted += '\\';
    if (c == '\0') {
      quoted += "\\0";
    } else {
      quoted += c;
    }
  }
  return quoted += quote;
}

}  // namespace

Result<ClickhouseType> ParseClickhouseType(std::string_view text) {
  return TypeParser().Parse(text);
}

std::string ClickhouseString(std::string_view text) { return Quoted(text, '\''); }
std::string ClickhouseName(std::string_view name) { return Quoted(name, '`'); }

}  // namespace weir
