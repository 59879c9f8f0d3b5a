// Strings, numbers and booleans of JSON Schema, with what restricts them.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_set>

#include "compiler/jsonschema/type_mapper.h"
#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace weir::jsonschema {
namespace {

/// ISO 8601 as RFC 3339, appendix A, has it.
constexpr std::string_view kIsoDuration =
    R"(^P(?:\d+W|(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)(?:T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?|T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))$)";

/// A whole number as JSON may write it: 3, 3.0, 3e2.
std::optional<Int128> WholeNumber(const JsonNode& node) {
  if (!node.is(JsonNode::Kind::kNumber)) return std::nullopt;
  return ParseDecimal(node.text, kMaxDecimalPrecision, 0);
}

std::string Int128Text(Int128 value) { return FormatDecimal(value, 0); }

/// The ends of an integer type.
std::pair<Int128, Int128> RangeOf(std::string_view type) {
  const bool is_signed = type.starts_with("int");
  const std::string_view digits = type.substr(is_signed ? 3 : 4);
  const int bits = static_cast<int>(ParseInt64(digits).value_or(64));
  const Int128 one = 1;
  if (is_signed) return {-(one << (bits - 1)), (one << (bits - 1)) - 1};
  return {0, (one << bits) - 1};
}

bool IsIntegerType(std::string_view type) {
  return type.starts_with("int") || type.starts_with("uint");
}

}  // namespace

std::optional<std::vector<const JsonNode*>> TypeMapper::Choices(const SchemaView& view) {
  std::vector<const JsonNode*> choices;
  if (const JsonNode* constant = view.Find("const")) {
    choices.push_back(constant);
    return choices;
  }
  const JsonNode* listed = view.Find("enum");
  if (listed == nullptr) return std::nullopt;
  for (const auto& choice : listed->elements) {
    if (!choice->is(Kind::kNull)) choices.push_back(choice.get());
  }
  return choices;
}

std::optional<MappedType> TypeMapper::MapFlowType(const SchemaView& view) {
  static const RE2 kScalar(
      "(u?int(8|16|32|64)|float(32|64)|decimal\\([0-9]{1,2}, ?[0-9]{1,2}\\)|bool|string|bytes|uuid|"
      "ipv4|ipv6|timestamp|date|duration|json)");
  const JsonNode& type = *view.Find("x-flow-type");
  if (!type.is(Kind::kString) || !RE2::FullMatch(type.text, kScalar)) {
    Malformed(view, "x-flow-type", "a scalar type of .flow, such as \"decimal(10, 2)\"");
    return std::nullopt;
  }
  MappedType mapped;
  mapped.type = type.text;
  const bool number = mapped.type.starts_with("float") || mapped.type.starts_with("decimal") ||
                      IsIntegerType(mapped.type);
  if (mapped.type == "json") mapped.notation = Notation::kJson;
  if (mapped.type == "timestamp" || mapped.type == "date" || mapped.type == "duration") {
    mapped.notation = Notation::kCast;
  }
  if (number && !AddNumbers(view, IsIntegerType(mapped.type), mapped)) return std::nullopt;
  if (mapped.type == "string") {
    if (!AddLengths(view, "minLength", "maxLength", mapped) || !AddPattern(view, mapped)) {
      return std::nullopt;
    }
  }
  return mapped;
}

std::optional<MappedType> TypeMapper::MapFormat(const SchemaView& view, const std::string& format) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {"uuid", "uuid"},           {"ipv4", "ipv4"}, {"ipv6", "ipv6"},
      {"date-time", "timestamp"}, {"date", "date"},
  };
  MappedType mapped;
  for (const auto& [name, type] : kTypes) {
    if (name != format) continue;
    mapped.type = type;
    if (type == "timestamp" || type == "date") mapped.notation = Notation::kCast;
    for (const char* keyword : {"minLength", "maxLength", "pattern"}) {
      NotChecked(view, keyword, fmt::format("a {} has one form", type));
    }
    return mapped;
  }
  mapped.type = "string";
  mapped.notation = Notation::kText;
  if (format == "duration") {
    Demand(mapped, "value matches " + QuotedFlow(kIsoDuration));
  } else {
    const JsonNode::Member* member = view.FindMember("format");
    file_.Report(Code::kW0710, *member, view.self())
        .Message("the format `{}` is not checked", format)
        .Note("checked are: uuid, ipv4, ipv6, date-time, date, duration");
  }
  return mapped;
}

std::optional<MappedType> TypeMapper::MapString(const SchemaView& view) {
  MappedType mapped;
  mapped.type = "string";
  mapped.notation = Notation::kText;
  if (const auto choices = Choices(view)) {
    std::string values;
    std::unordered_set<std::string_view> seen;
    for (const JsonNode* choice : *choices) {
      // Values of another type can't come: `type` forbids them.
      if (!choice->is(Kind::kString)) continue;
      if (!seen.insert(choice->text).second) continue;
      values += (values.empty() ? "" : ", ") + QuotedFlow(choice->text);
    }
    if (values.empty()) {
      Unsupported(view, view.Find("enum") != nullptr ? "enum" : "const",
                  "no value of this field would be allowed");
      return std::nullopt;
    }
    if (seen.size() > UINT16_MAX) {
      Unsupported(view, "enum",
                  fmt::format("{} values; an enum has at most {}", seen.size(), UINT16_MAX))
          .Help("declare the field in the .flow file: `jsonschema(…) { field: string }`");
      return std::nullopt;
    }
    for (const char* keyword : {"minLength", "maxLength", "pattern", "format"}) {
      NotChecked(view, keyword, "the values are listed");
    }
    mapped.type = "enum(" + values + ")";
    const JsonNode* any_case = view.Find("x-flow-ignore-case");
    if (any_case != nullptr && any_case->is_true()) mapped.annotation = "@ignore_case";
    return mapped;
  }
  if (const JsonNode* format = view.Find("format")) {
    if (!format->is(Kind::kString)) {
      Malformed(view, "format", "a string");
      return std::nullopt;
    }
    std::optional<MappedType> typed = MapFormat(view, format->text);
    if (!typed || typed->type != "string") return typed;
    mapped = *std::move(typed);
  }
  if (!AddLengths(view, "minLength", "maxLength", mapped)) return std::nullopt;
  if (!AddPattern(view, mapped)) return std::nullopt;
  return mapped;
}

bool TypeMapper::AddPattern(const SchemaView& view, MappedType& mapped) {
  const JsonNode* pattern = view.Find("pattern");
  if (pattern == nullptr) return true;
  if (!pattern->is(Kind::kString)) {
    Malformed(view, "pattern", "a string");
    return false;
  }
  const RE2 regex(pattern->text, RE2::Quiet);
  if (!regex.ok()) {
    Malformed(view, "pattern", "a regular expression of RE2")
        .Note(regex.error())
        .Help(
            "look-around and back references are not there; declare the field in the .flow file "
            "with a `where` of its own");
    return false;
  }
  Demand(mapped, "value matches " + QuotedFlow(pattern->text));
  return true;
}

bool TypeMapper::AddLengths(const SchemaView& view, std::string_view low, std::string_view high,
                            MappedType& mapped) {
  for (std::string_view keyword : {low, high}) {
    const JsonNode* bound = view.Find(keyword);
    if (bound == nullptr) continue;
    const std::optional<Int128> number = WholeNumber(*bound);
    if (!number || *number < 0 || *number > INT64_MAX) {
      Malformed(view, keyword, "a whole number, 0 or more");
      return false;
    }
    if (*number == 0 && keyword == low) continue;
    Demand(mapped,
           fmt::format("length(value) {} {}", keyword == low ? ">=" : "<=", Int128Text(*number)));
  }
  return true;
}

bool TypeMapper::AddBounds(const SchemaView& view, bool integer, std::string_view type,
                           MappedType& mapped) {
  struct Bound {
    const char *keyword, *op;
    bool low, open;
  };
  static constexpr Bound kBounds[] = {
      {"minimum", ">=", true, false},
      {"exclusiveMinimum", ">", true, true},
      {"maximum", "<=", false, false},
      {"exclusiveMaximum", "<", false, true},
  };
  for (const Bound& bound : kBounds) {
    const JsonNode* node = view.Find(bound.keyword);
    if (node == nullptr) continue;
    if (!node->is(Kind::kNumber)) {
      auto report = Malformed(view, bound.keyword, "a number");
      if (node->is(Kind::kBool)) {
        report.Help(fmt::format("draft-04 had a flag here; now it is the bound itself: \"{}\": 0",
                                bound.keyword));
      }
      return false;
    }
    if (!integer) {
      if (type.starts_with("decimal")) {
        // What the digits of the type say already.
        const DataType decimal = DecimalOf(type);
        const auto value = ParseDecimal(node->text, kMaxDecimalPrecision, decimal.scale());
        const Int128 most = PowerOfTen(decimal.precision());
        if (value && bound.open && *value == (bound.low ? -most : most)) continue;
      }
      Demand(mapped, fmt::format("value {} {}", bound.op, NumberText(node->text, type)));
      continue;
    }
    const auto [least, most] = RangeOf(type);
    std::optional<Int128> whole = WholeNumber(*node);
    bool open = bound.open;
    if (!whole) {
      const double value = ParseFloat64(node->text).value_or(0);
      if (std::abs(value) > 1e30) {
        whole = value > 0 ? most + 1 : least - 1;
      } else {
        whole = static_cast<Int128>(bound.low ? std::ceil(value) : std::floor(value));
      }
      open = false;
    }
    if (open) *whole += bound.low ? 1 : -1;
    const bool nothing_left = bound.low ? *whole > most : *whole < least;
    if (nothing_left) {
      Unsupported(view, bound.keyword, fmt::format("no {} satisfies this", type));
      return false;
    }
    if (bound.low ? *whole <= least : *whole >= most) continue;
    Demand(mapped, fmt::format("value {} {}", bound.low ? ">=" : "<=", Int128Text(*whole)));
  }
  return true;
}

DataType TypeMapper::DecimalOf(std::string_view type) {
  const size_t open = type.find('('), comma = type.find(','), close = type.find(')');
  const auto number = [&](size_t begin, size_t end) {
    while (type[begin] == ' ') ++begin;
    return static_cast<int>(ParseInt64(type.substr(begin, end - begin)).value_or(1));
  };
  const int precision = std::clamp(number(open + 1, comma), 1, kMaxDecimalPrecision);
  return DataType::Decimal(precision, std::clamp(number(comma + 1, close), 0, precision));
}

std::string TypeMapper::NumberText(std::string_view text, std::string_view type) {
  if (type.starts_with("decimal")) {
    const int scale = DecimalOf(type).scale();
    if (const auto value = ParseDecimal(text, kMaxDecimalPrecision, scale)) {
      return FormatDecimal(*value, scale);
    }
  }
  if (text.find_first_of("eE") == std::string_view::npos) return std::string(text) + "e0";
  std::string out(text);
  std::replace(out.begin(), out.end(), 'E', 'e');
  return out;
}

bool TypeMapper::AddNumbers(const SchemaView& view, bool integer, MappedType& mapped) {
  if (!AddBounds(view, integer, mapped.type, mapped)) return false;
  if (view.Find("multipleOf") != nullptr) {
    const auto step = WholeNumber(*view.Find("multipleOf"));
    if (integer && step && *step > 0 && *step <= INT64_MAX) {
      if (*step != 1) Demand(mapped, fmt::format("value % {} == 0", Int128Text(*step)));
    } else {
      NotChecked(view, "multipleOf", "only whole steps of integers are checked");
    }
  }
  const auto choices = Choices(view);
  if (!choices) return true;
  std::string values;
  for (const JsonNode* choice : *choices) {
    if (!choice->is(Kind::kNumber)) continue;
    std::string text;
    if (integer) {
      const auto whole = WholeNumber(*choice);
      if (!whole || *whole < RangeOf(mapped.type).first || *whole > RangeOf(mapped.type).second) {
        continue;
      }
      text = Int128Text(*whole);
    } else {
      text = NumberText(choice->text, mapped.type);
    }
    values += (values.empty() ? "" : ", ") + text;
  }
  if (values.empty()) {
    Unsupported(view, view.Find("enum") != nullptr ? "enum" : "const",
                "no value of this field would be allowed");
    return false;
  }
  Demand(mapped, "value in [" + values + "]");
  return true;
}

std::optional<MappedType> TypeMapper::MapBool(const SchemaView& view) {
  MappedType mapped;
  mapped.type = "bool";
  const auto choices = Choices(view);
  if (!choices) return mapped;
  bool yes = false, no = false;
  for (const JsonNode* choice : *choices) {
    yes |= choice->is_true();
    no |= choice->is_false();
  }
  if (!yes && !no) {
    Unsupported(view, view.Find("enum") != nullptr ? "enum" : "const",
                "no value of this field would be allowed");
    return std::nullopt;
  }
  if (yes != no) Demand(mapped, yes ? "value" : "not value");
  return mapped;
}

std::optional<MappedType> TypeMapper::MapNumber(const SchemaView& view, bool integer) {
  MappedType mapped;
  mapped.type = integer ? "int64" : "float64";
  if (integer) {
    // Values beyond int64 are there only if the schema says so.
    const JsonNode* low = view.Find("minimum");
    const JsonNode* high = view.Find("maximum");
    const auto least = low == nullptr ? std::nullopt : WholeNumber(*low);
    const auto most = high == nullptr ? std::nullopt : WholeNumber(*high);
    if (least && most && *least >= 0 && *most > INT64_MAX) mapped.type = "uint64";
  }
  if (!AddNumbers(view, integer, mapped)) return std::nullopt;
  return mapped;
}

}  // namespace weir::jsonschema
